// A copy that finds no room: said in words, nothing half of it stays, and what was begun is gone on with.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import { makeFolder } from '../storage/folder.ts';

const pathTo = makeFolder();
const bin = join(import.meta.dirname, '../../bin/latchkey.js');

beforeAll(async () => {
  const storage = await openStorage({ databaseUrl: `sqlite:${pathTo('source.db')}`, sweepSeconds: 60 }, Date.now);
  const text = 'x'.repeat(2000);
  await Promise.all(Array.from({ length: 2000 }, (_, i) => storage.records.put('thing', `key${i}`, text)));
  await storage.close();
});

/** No file may grow beyond so many blocks of half a kilobyte (of one, where `sh` counts so). */
function callWithin(blocks: number | 'unlimited', ...args: string[]) {
  const limited = ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, bin, ...args];
  const { status, stdout, stderr } = spawnSync('sh', limited, { cwd: pathTo('.'), env: { PATH: process.env.PATH }, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test('a backup without room is refused in a line, and leaves nothing behind', () => {
  const { code, err } = callWithin(1000, 'backup', 'copy.db', '--from', 'sqlite:source.db');
  expect([code, err]).toEqual([1, expect.stringMatching(/^The copy can't be made: (disk I\/O error|database or disk is full)\.\n$/)]);
  expect(readdirSync(pathTo('.')).filter((name) => name.startsWith('copy'))).toEqual([]);
});

test('a move without room says so, to programs too, and goes on when there is room', () => {
  const move = ['migrate', '--from', 'sqlite:source.db', '--to', 'sqlite:moved.db', '--json'];
  const { code, out } = callWithin(3000, ...move);
  expect([code, JSON.parse(out)]).toEqual([
    1,
    { ok: false, error: expect.stringMatching(/^A store can't be used now \(.*\)\. The same command goes on where it was\.$/) },
  ]);
  expect(existsSync(pathTo('moved.db'))).toBe(true);
  const again = callWithin('unlimited', ...move);
  expect([again.code, JSON.parse(again.out)]).toMatchObject([0, { ok: true, kinds: { thing: 2000 }, written: expect.any(Number) }]);
  expect(JSON.parse(again.out).written).toBeLessThan(2000);
});
