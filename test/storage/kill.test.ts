// A process killed at any moment loses nothing that it acknowledged, in either home.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import { startChild } from './children/start.ts';
import { makeFolder } from './folder.ts';

const path = makeFolder()('killed.db');
const acknowledged: string[] = [];

it.each([1, 2, 3])(
  'keeps every acknowledged write through kill -9 (round %i)',
  async (round) => {
    const writer = startChild('writer.ts', [path, String(round)]);
    const deadline = Date.now() + 60_000;
    while (writer.lines.length < 200 && Date.now() < deadline) await pause(5);
    await pause(Math.random() * 150);
    writer.process.kill('SIGKILL');
    const { code, errors } = await writer.ended;
    expect({ code, errors }).toEqual({ code: null, errors: '' });
    expect(writer.lines.length).toBeGreaterThanOrEqual(200);
    acknowledged.push(...writer.lines);

    const lost = await findLost(acknowledged);
    expect(lost).toEqual([]);
  },
  180_000,
);

it('would notice a lost write', async () => {
  expect(await findLost(['records never', 'expiring never', 'marked never', 'spent never'])).toEqual([
    'records never',
    'expiring never',
    'marked never',
    'spent never (1 of 0)',
  ]);
});

async function findLost(lines: readonly string[]): Promise<string[]> {
  const storage = await openStorage({ databaseUrl: `sqlite:${path}`, sweepSeconds: 60 }, Date.now);
  const lost: string[] = [];
  const spends = new Map<string, number>();
  for (const line of lines) {
    const [what, key] = line.split(' ') as [string, string];
    if (what === 'spent') spends.set(key, (spends.get(key) ?? 0) + 1);
    else {
      const row = await (what === 'expiring' ? storage.expiring : storage.records).get('thing', key);
      if (!row || (what === 'marked' && !row.markedAt)) lost.push(line);
    }
  }
  for (const [name, said] of spends) {
    // What is left of a million tells how many were spent; the probe itself is one more.
    const probe = await storage.expiring.spend('address', [{ name, rules: [{ limit: 1_000_000, seconds: 3600 }] }]);
    const kept = probe.ok ? 1_000_000 - probe.left[name]! - 1 : 0;
    await storage.expiring.refund('address', [name]);
    if (kept < said) lost.push(`spent ${name} (${said} of ${kept})`);
  }
  await storage.close();
  return lost;
}
