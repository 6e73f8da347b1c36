// Two programs of the same arithmetic: the Lua of the Redis driver and the TypeScript of the embedded one answer alike, whatever is asked.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Ledger } from '../../src/storage/port.ts';
import { openRedis, type RedisHome } from '../../src/storage/redis/open.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';
import { startClock } from './clock.ts';

const clock = startClock();

/** A small linear congruential generator, so that a failure can be repeated by its seed. */
function createDice(seed: number) {
  let state = seed >>> 0;
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

describeOnRedis('the ledgers of Redis', () => {
  let server: RedisServer;
  let redis: RedisHome;

  beforeAll(async () => {
    server = await startRedis();
    redis = await openRedis({ url: server.url, commandTimeoutMs: 20_000 }, clock.now);
  }, 60_000);
  afterAll(async () => {
    await redis?.close();
    await server?.stop();
  });

  it('answer as the embedded ones do, over thousands of spends, refunds and pardons at odd times', async () => {
    const seed = Date.now() % 1_000_000;
    const roll = createDice(seed);
    const sqlite = openSqlite(':memory:', clock.now);

    const rollRule = () =>
      roll(2)
        ? { limit: roll(7), seconds: [0, 0.5, 3, 10, 60][roll(5)]! }
        : { gaps: [1, 2, 5, 30].slice(roll(5)), resetSeconds: 1 + roll(40) };
    const rollLedgers = (): Ledger[] =>
      ['a', 'b', 'c'].slice(roll(3)).map((name) => ({ name, rules: Array.from({ length: 1 + roll(3) }, rollRule) }));
    const shapes = Array.from({ length: 12 }, rollLedgers);

    for (let turn = 0; turn < 4000; turn += 1) {
      const partition = `p${roll(3)}`;
      const kind = roll(20);
      const names = ['a', 'b', 'b', 'c'].slice(roll(5));
      const shape = shapes[roll(shapes.length)]!;
      const [answer, expected] = await Promise.all(
        [redis.expiring, sqlite.expiring].map((expiring) => {
          if (kind === 0) return expiring.forgive(partition, names);
          if (kind < 5) return expiring.refund(partition, names);
          return kind < 9 ? expiring.look(partition, shape) : expiring.spend(partition, shape);
        }),
      );
      expect({ seed, turn, shape, answer }).toEqual({ seed, turn, shape, answer: expected });
      // Sometimes back: clocks are set, and nodes' clocks differ.
      clock.advance(roll(10) === 0 ? -roll(2000) : [0, 1, 499, 500, 3000, roll(20_000)][roll(6)]!);
    }
    await sqlite.close();
  }, 120_000);
});
