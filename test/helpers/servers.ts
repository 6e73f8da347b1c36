// A MongoDB and a Redis of a test's own, which it may kill; nodes of one deployment over them share what `store` names.
import { describe } from '@jest/globals';
import { findMongod, findRedis, mustBeReal } from './binaries.ts';
import { startMongod, type Mongod } from './mongod-process.ts';
import { startRedis, type RedisOptions, type RedisServer } from './redis-process.ts';
import type { NamedStore } from './store.ts';

export type Servers = { mongod: Mongod; redis: RedisServer; store: Required<NamedStore>; close(): Promise<void> };

/** `redis`: settings of its own. */
export async function startServers({ redis: settings }: { redis?: RedisOptions } = {}): Promise<Servers> {
  const [mongod, redis] = await Promise.all([startMongod(), startRedis(settings)]);
  return {
    mongod,
    redis,
    store: { database: { url: mongod.urlOf('latchkey') }, redis: { url: redis.url, prefix: 'latchkey:' } },
    async close() {
      await Promise.all([mongod.close(), redis.stop()]);
    },
  };
}

const mayRun = mustBeReal || (findMongod() !== undefined && findRedis() !== undefined);
const { skip } = describe;

/** Where a server is missing its tests are left out and named on the console; with REQUIRE_REAL=1 they fail instead. */
export const describeOnServers: (title: string, tests: () => void) => void = mayRun
  ? describe
  : (title, tests) => {
      process.stderr.write(`left out, as there is no mongod or no redis-server: ${title}\n`);
      skip(title, tests);
    };
