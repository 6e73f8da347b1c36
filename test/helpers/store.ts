// The store that this run of the tests is about: the embedded one, or MongoDB with Redis (see jest.config.js). Always a new, empty one.
import { randomUUID } from 'node:crypto';
import { schema } from '../../src/config/schema/index.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Storage } from '../../src/storage/port.ts';
import { patientTimeouts } from './timeouts.ts';

/** `redis` is empty where the store is embedded. */
export type NamedStore = { database: { url: string }; redis: { url?: string; prefix?: string } };

/** What the project's `globals` say; no word of it: embedded. */
export const onServers = (globalThis as { testStore?: string }).testStore === 'servers';

/** As settings say it. `file`: where an embedded store has its file; without one it is in memory. */
export function nameStore(file = ':memory:'): NamedStore {
  if (!onServers) return { database: { url: `sqlite:${file}` }, redis: {} };
  const name = `flow-${randomUUID()}`;
  const { TEST_MONGO_URL: mongo = '', TEST_REDIS_URL: redis = '' } = process.env;
  return { database: { url: mongo.replace('/?', `/${name}?`) }, redis: { url: redis, prefix: `${name}:` } };
}

/** For tests that stand between a program and its store, or look at it from behind. */
export async function openTestStorage(store = nameStore()): Promise<Storage> {
  const { database, redis, mongo } = schema.parse({
    ...store,
    mongo: patientTimeouts.mongo,
    redis: { ...patientTimeouts.redis, ...store.redis },
  });
  return openStorage({ databaseUrl: database.url, sweepSeconds: database.sweepSeconds, mongo, redis }, () => Date.now());
}
