// Two processes on one Redis: every law of one winner holds between them.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openRedis } from '../../src/storage/redis/open.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';
import { startChild } from './children/start.ts';

describeOnRedis('two processes on one Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  }, 60_000);
  afterAll(() => server?.stop());

  it('win together what one caller may win: 5 of 500 spends, each mark, row and version once', async () => {
    const { expiring, close } = await openRedis({ url: server.url, commandTimeoutMs: 20_000 }, Date.now);
    await expiring.put('thing', 'shared', 1, 600);
    await Promise.all(Array.from({ length: 250 }, (_, i) => expiring.put('thing', `each${i}`, i, 600)));

    const start = String(Date.now() + 1500);
    const children = [1, 2].map(() => startChild('redis-contender.ts', [server.url, start]));
    for (const child of children) expect(await child.ended).toEqual({ code: 0, errors: '' });
    const [one, two] = children.map(({ lines }) => JSON.parse(lines[0]!) as Record<string, number>);
    const together = Object.fromEntries(Object.keys(one!).map((name) => [name, one![name]! + two![name]!]));
    expect(together).toEqual({ spent: 5, marked: 1, markedEach: 250, added: 1, addedEach: 250, replaced: 1 });
    await close();
  }, 120_000);
});
