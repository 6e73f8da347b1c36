// Picks the storage driver that the settings name, loads only that one, and keeps both homes swept.
import type { Storage } from './port.ts';

export type StorageSettings = { databaseUrl: string; sweepSeconds: number };

/** Rows deleted per event-loop turn: a backlog of millions must not hold up a request. */
const sweepLimit = 200;

/** Opens the storage at `databaseUrl` (`sqlite:<file>`, or `sqlite::memory:` for tests). `now` answers milliseconds since the epoch. */
export async function openStorage(settings: StorageSettings, now: () => number): Promise<Storage> {
  const storage = await openDriver(settings.databaseUrl, now);
  const stop = sweepEvery(settings.sweepSeconds, storage);
  return {
    ...storage,
    async close() {
      stop();
      await storage.close();
    },
  };
}

async function openDriver(url: string, now: () => number): Promise<Storage> {
  // The URL may hold a password: no message repeats it.
  const scheme = url.slice(0, url.indexOf(':') + 1);
  if (scheme === 'sqlite:') {
    const { openSqlite } = await import('./sqlite/open.ts');
    return openSqlite(url.slice(scheme.length), now);
  }
  if (scheme === 'mongodb:' || scheme === 'mongodb+srv:') throw new Error('MongoDB is not supported by this version yet');
  throw new Error('The database URL must start with sqlite: or mongodb://');
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
