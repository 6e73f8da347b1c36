// What happens to callers when Redis dies, hangs, or is emptied: they are told soon, nothing happens behind their backs, and it heals by itself.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Expiring } from '../../src/storage/port.ts';
import { openRedis, type RedisHome } from '../../src/storage/redis/open.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';

/** Milliseconds; on a busy machine everything may take five times as long as it should. */
const timeLimit = 2000;
const bound = 3000;
const healing = 5000;
const tolerance = 5;
const patience = 120_000;

const tries = { name: 'tries', rules: [{ limit: 5, seconds: 600 }] };

/** Every operation of the contract; none may hang, and none may pretend. */
const operations: Record<string, (expiring: Expiring) => Promise<unknown>> = {
  put: (expiring) => expiring.put('thing', 'key', 'new', 60),
  'put with indexes': (expiring) => expiring.put('thing', 'key', 'new', 60, { grant: 'g' }),
  get: (expiring) => expiring.get('thing', 'key'),
  list: (expiring) => expiring.list('thing', 'grant', 'g'),
  add: (expiring) => expiring.add('thing', 'added', 1, 60),
  replace: (expiring) => expiring.replace('thing', 'key', 'new', 1, 60),
  mark: (expiring) => expiring.mark('thing', 'key'),
  remove: (expiring) => expiring.remove('thing', 'key'),
  removeAll: (expiring) => expiring.removeAll('thing', 'grant', 'g'),
  spend: (expiring) => expiring.spend('address', [tries]),
  refund: (expiring) => expiring.refund('address', ['tries']),
  forgive: (expiring) => expiring.forgive('address', ['tries']),
};

for (const cluster of [false, true]) {
  describeOnRedis(`a node whose Redis${cluster ? ' Cluster' : ''}`, () => {
    let server: RedisServer;
    let redis: RedisHome;

    beforeEach(async () => {
      server = await startRedis({ cluster });
      redis = await openRedis({ url: server.url }, Date.now);
    }, patience);
    afterEach(async () => {
      server?.thaw();
      await redis?.close();
      await server?.stop();
    }, patience);

    async function expectRefusals() {
      await Promise.all(
        Object.entries(operations).map(async ([name, operate]) => {
          const started = performance.now();
          const outcome = await operate(redis.expiring).catch((error: unknown) => error);
          expect([name, outcome]).toEqual([name, expect.objectContaining({ name: 'AppError', code: 'unavailable' })]);
          if (performance.now() - started > bound * tolerance)
            throw new Error(`${name} took ${performance.now() - started} ms to be refused`);
        }),
      );
      await expect(redis.check()).rejects.toThrow('Redis does not answer');
    }

    async function heal() {
      const started = performance.now();
      while (!(await isHealthy())) await pause(50);
      for (const operate of Object.values(operations)) await operate(redis.expiring);
      return performance.now() - started;
    }

    const isHealthy = () =>
      redis.check().then(
        () => true,
        () => false,
      );

    it(
      'was killed is told so, by each operation in time, and heals when it is back',
      async () => {
        await redis.expiring.put('thing', 'key', 'old', 60);
        const running = Promise.allSettled(Object.values(operations).map((operate) => operate(redis.expiring)));
        await server.kill();
        await running;
        await expectRefusals();
        await pause(1000);
        await expectRefusals();
        await server.start();
        expect(await heal()).toBeLessThan(healing * tolerance);
      },
      patience,
    );

    it(
      'hangs is told so, and nothing that was refused happens later than its time limit',
      async () => {
        const { expiring } = redis;
        await expiring.put('thing', 'key', 'old', 60);
        await expiring.spend('address', [tries]);
        server.freeze();
        // Twice: at first the commands go into the connection of before, later there is none.
        await expectRefusals();
        await expectRefusals();
        // A caller whose connection is lost hears of it before its write's time is over.
        await pause(timeLimit);
        server.thaw();
        while (!(await isHealthy())) await pause(50);
        // What lay in Redis's buffers has been read by now, for its callers' connections are older than this one.
        expect(await expiring.get('thing', 'key')).toMatchObject({ value: 'old', version: 1, indexes: {} });
        expect((await expiring.get('thing', 'key'))?.markedAt).toBeUndefined();
        expect(await expiring.get('thing', 'added')).toBeUndefined();
        expect(await expiring.spend('address', [tries])).toEqual({ ok: true, left: { tries: 3 } });
        await heal();
      },
      patience,
    );

    it(
      'was emptied goes on with nothing: scripts come again by themselves, old marks and budgets are gone',
      async () => {
        const { expiring } = redis;
        await expiring.put('thing', 'key', 1, 60, { grant: 'g' });
        for (let i = 0; i < 5; i += 1) await expiring.spend('address', [tries]);
        expect((await expiring.spend('address', [tries])).ok).toBe(false);
        await server.ask('FLUSHALL');
        await server.ask('SCRIPT', 'FLUSH');
        expect(await expiring.get('thing', 'key')).toBeUndefined();
        expect(await expiring.mark('thing', 'key')).toBe('absent');
        expect(await expiring.list('thing', 'grant', 'g')).toEqual([]);
        expect(await expiring.spend('address', [tries])).toEqual({ ok: true, left: { tries: 4 } });
      },
      patience,
    );
  });
}
