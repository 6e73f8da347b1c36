// MongoDB with Redis beside it keeps the contract, as the settings open it.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import { describeOnMongod, settingsOf, type Mongod } from '../helpers/mongod.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';
import { describeStorage } from './conformance.ts';

describeOnRedis('a real Redis', () => {
  let redis: RedisServer;
  let opened = 0;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis?.stop(), 60_000);

  describeOnMongod('and a real mongod', (server) => {
    // A database and a prefix of their own each time: an empty store.
    const open = (now: () => number) => {
      opened += 1;
      const { url, ...mongo } = settingsOf(server.mongod, `conformance${opened}`);
      return openStorage({ databaseUrl: url, sweepSeconds: 60, mongo, redis: { url: redis.url, prefix: `test${opened}:` } }, now);
    };

    describeStorage('MongoDB with Redis', open);

    it('are not there when one of them is not', async () => {
      const storage = await open(Date.now);
      await redis.kill();
      await expect(storage.check()).rejects.toThrow(/Redis/);
      await redis.start();
      await storage.close();
    });

    it('are closed again when Redis’s settings can not be read', async () => {
      const { url, ...mongo } = settingsOf(server.mongod, 'unread');
      const opening = openStorage({ databaseUrl: url, sweepSeconds: 60, mongo, redis: { url: 'redis://a:hunter2@b:1,c:2' } }, Date.now);
      await expect(opening).rejects.toThrow(TypeError);
      await expect(opening).rejects.not.toThrow('hunter2');
      // A connection that was just being made is closed a moment later.
      for (let wait = 0; wait < 200 && (await countConnections(server.mongod)) > 0; wait += 1) await pause(50);
      expect(await countConnections(server.mongod)).toBe(0);
    });
  });
});

async function countConnections({ client }: Mongod): Promise<number> {
  const { inprog } = await client.db('admin').command({ currentOp: true, appName: 'latchkey', $all: true });
  return inprog.length;
}
