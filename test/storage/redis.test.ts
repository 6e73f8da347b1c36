// Redis keeps the contract, alone and as a Cluster: as the expiring home of a storage whose records are SQLite's.
import { afterAll, beforeAll } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { openRedis } from '../../src/storage/redis/open.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';
import { describeStorage } from './conformance.ts';

for (const cluster of [false, true]) {
  describeOnRedis(cluster ? 'a Redis Cluster' : 'a Redis', () => {
    let server: RedisServer;
    let opened = 0;

    beforeAll(async () => {
      server = await startRedis({ cluster });
    }, 60_000);
    afterAll(() => server?.stop(), 60_000);

    // A prefix of its own each time: an empty store, and a proof that prefixes keep stores apart.
    describeStorage(cluster ? 'Redis as a Cluster' : 'Redis', (now) => {
      opened += 1;
      return openBeside({ url: server.url, prefix: `test${opened}:` }, now);
    });
  });
}

async function openBeside(settings: { url: string; prefix: string }, now: () => number): Promise<Storage> {
  const redis = await openRedis(settings, now);
  const sqlite = openSqlite(':memory:', now);
  return {
    records: sqlite.records,
    expiring: redis.expiring,
    async check() {
      await Promise.all([sqlite.check(), redis.check()]);
    },
    async close() {
      await Promise.all([sqlite.close(), redis.close()]);
    },
  };
}
