// Picks the storage driver that the settings name, loads only that one, and keeps both homes swept.
import { StoreUnusable } from '../errors.ts';
import { unfinished } from './copy.ts';
import type { MongoSettings } from './mongo/connection.ts';
import type { Storage } from './port.ts';
import type { RedisSettings } from './redis/open.ts';

/** `mongo` and `redis` are for a database on MongoDB, which has its expiring data in Redis. */
export type StorageSettings = {
  databaseUrl: string;
  sweepSeconds: number;
  mongo?: Omit<MongoSettings, 'url'>;
  redis?: Omit<RedisSettings, 'url'> & { url?: string };
};

/** Rows deleted per event-loop turn: a backlog of millions must not hold up a request. */
const sweepLimit = 200;

/** Opens the storage at `databaseUrl` (`sqlite:<file>`, `mongodb://…`, or `sqlite::memory:` for tests). `now` answers milliseconds since the epoch. */
export async function openStorage(settings: StorageSettings, now: () => number): Promise<Storage> {
  const storage = await openDriver(settings, now);
  await refuseUnfinished(storage);
  const stop = sweepEvery(settings.sweepSeconds, storage);
  return {
    ...storage,
    async close() {
      stop();
      await storage.close();
    },
  };
}

async function openDriver(settings: StorageSettings, now: () => number): Promise<Storage> {
  const { databaseUrl: url } = settings;
  // The URL may hold a password: no message repeats it.
  const scheme = url.slice(0, url.indexOf(':') + 1);
  if (scheme === 'sqlite:') {
    const { openSqlite } = await import('./sqlite/open.ts');
    return openSqlite(url.slice(scheme.length), now);
  }
  if (scheme === 'mongodb:' || scheme === 'mongodb+srv:') return openPair(settings, now);
  throw new Error('The database URL must start with sqlite: or mongodb://');
}

/** Whoever signed in on a part of the accounts would be a stranger, and get a second one. */
async function refuseUnfinished(storage: Storage): Promise<void> {
  const row = await storage.records.get(unfinished.kind, unfinished.key).catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  if (!row) return;
  await storage.close();
  throw new StoreUnusable('The copy into this database was not finished. Run `latchkey migrate` once more: it goes on where it was.');
}

/** Durable truth on MongoDB, what expires on Redis. */
async function openPair({ databaseUrl, mongo, redis }: StorageSettings, now: () => number): Promise<Storage> {
  if (!mongo || !redis?.url) throw new Error('MongoDB needs a Redis beside it, for what expires');
  const { url } = redis;
  const [{ openMongo }, { openRedis }] = await Promise.all([import('./mongo/open.ts'), import('./redis/open.ts')]);
  const durable = await openMongo({ ...mongo, url: databaseUrl }, now);
  const expiring = await openRedis({ ...redis, url }, now).catch(async (error: unknown) => {
    await durable.close();
    throw error;
  });
  const homes = [durable, expiring];
  return {
    records: durable.records,
    expiring: expiring.expiring,
    far: true,
    async check() {
      await Promise.all(homes.map((home) => home.check()));
    },
    findRisk: expiring.findRisk,
    async close() {
      await Promise.all(homes.map((home) => home.close()));
    },
  };
}

function sweepEvery(seconds: number, storage: Storage): () => void {
  let stopped = false;
  let sweeping = false;

  async function drain(home: { sweep(limit: number): Promise<number> }) {
    while (!stopped && (await home.sweep(sweepLimit)) === sweepLimit);
  }

  async function sweep() {
    if (sweeping) return;
    sweeping = true;
    // Sweeping only cleans up, so that a failure harms nobody: the next turn tries again, and `check` tells what is wrong.
    await Promise.allSettled([drain(storage.records), drain(storage.expiring)]);
    sweeping = false;
  }

  const timer = setInterval(() => void sweep(), seconds * 1000).unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
