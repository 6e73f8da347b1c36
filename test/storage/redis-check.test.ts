// A check tells the operator what is wrong: clocks that differ, a Redis that isn't there, a password that is wrong. And what lies in Redis is bounded.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { checkStore } from '../../src/cli/doctor/store.ts';
import { openStorage } from '../../src/storage/open.ts';
import { openRedis } from '../../src/storage/redis/open.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';

for (const cluster of [false, true]) {
  describeOnRedis(`on a Redis${cluster ? ' Cluster' : ''}`, () => {
    let server: RedisServer;

    beforeAll(async () => {
      server = await startRedis({ cluster });
    }, 60_000);
    afterAll(() => server?.stop());

    it.each([
      [6, /^This machine's clock is [56]\.\d s ahead of Redis's; at most 5 s are allowed$/],
      [-6, /^This machine's clock is 6\.\d s behind Redis's; at most 5 s are allowed$/],
    ])('a clock that is %d s off is named', async (seconds, sentence) => {
      const redis = await openRedis({ url: server.url }, () => Date.now() + seconds * 1000);
      await expect(redis.check()).rejects.toThrow(sentence);
      await redis.close();
    });

    it('a policy that forgets what still counts is a risk, of which the doctor warns; none is as Redis comes', async () => {
      const redis = await openRedis({ url: server.url }, Date.now);
      const embedded = await openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 60 }, Date.now);
      const storage = { ...embedded, ...redis };
      expect(await checkStore(storage, Date.now())).toMatchObject({ status: 'ok' });
      await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
      const says = 'When Redis is full it forgets what still counts (maxmemory-policy volatile-lru).';
      expect(await checkStore(storage, Date.now())).toMatchObject({ status: 'warn', says });
      await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      await Promise.all([redis.close(), embedded.close()]);
    });

    it('a clock that is 3 s off is none of its business', async () => {
      const redis = await openRedis({ url: server.url }, () => Date.now() + 3000);
      await expect(redis.check()).resolves.toBeUndefined();
      await redis.close();
    });
  });
}

it('a Redis that is not there when the node starts is named, without its password; nothing is thrown', async () => {
  const redis = await openRedis({ url: 'redis://u:hunter2@127.0.0.1:1', connectTimeoutMs: 200 }, Date.now);
  await expect(redis.check()).rejects.toThrow('Redis does not answer: connect ECONNREFUSED 127.0.0.1:1');
  await expect(redis.expiring.get('thing', 'key')).rejects.toMatchObject({ code: 'unavailable' });
  await redis.close();
});

it('a prefix with braces is refused: it would decide about slots', async () => {
  await expect(openRedis({ url: 'redis://localhost', prefix: '{a}' }, Date.now)).rejects.toThrow('must not hold braces');
});

describeOnRedis('what lies in Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis({ args: ['--requirepass', 'hunter2'] });
  }, 60_000);
  afterAll(() => server?.stop());

  it('is closed to a wrong password, which is said and not repeated', async () => {
    const redis = await openRedis({ url: server.url.replace('//', '//:wrong-one@'), connectTimeoutMs: 200 }, Date.now);
    await expect(redis.check()).rejects.toThrow('Redis does not answer: WRONGPASS');
    await expect(redis.check()).rejects.not.toThrow('wrong-one');
    await redis.close();
  });
});
