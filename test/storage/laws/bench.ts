// What each law is tried on: a storage that was just opened, its clock, and both homes behind the operations that they share.
import { afterEach, beforeEach } from '@jest/globals';
import type { Index, Indexes, Mark, Row, Storage } from '../../../src/storage/port.ts';
import { startClock, type Clock } from '../clock.ts';

/** Opens an empty storage. */
export type Open = (now: () => number) => Promise<Storage>;
export type Bench = { storage: Storage; clock: Clock };
export type HomeName = 'records' | 'expiring';
export const homeNames: readonly HomeName[] = ['records', 'expiring'];

/** Real stores over a network are slow on a busy machine; a law is never about time. */
export const patience = 60_000;

export type RowOptions = { seconds?: number; indexes?: Indexes };

/** The operations that both homes have. `insert` is `add` in the expiring one; rows live an hour unless told otherwise. */
export type Shared = {
  insert(key: string, value: unknown, options?: RowOptions): Promise<boolean>;
  put(key: string, value: unknown, options?: RowOptions): Promise<void>;
  replace(key: string, value: unknown, version: number): Promise<boolean>;
  get(key: string): Promise<Row | undefined>;
  mark(key: string): Promise<Mark>;
  remove(key: string): Promise<boolean>;
  removeAll(index: Index, value: string): Promise<number>;
  keysOf(index: Index, value: string): Promise<string[]>;
};

export function prepareBench(open: Open): Bench {
  const bench = {} as Bench;
  beforeEach(async () => {
    bench.clock = startClock();
    bench.storage = await open(bench.clock.now);
  }, patience);
  afterEach(() => bench.storage.close(), patience);
  return bench;
}

export function shareHome(bench: Bench, home: HomeName, kind = 'thing'): Shared {
  const { records, expiring } = bench.storage;
  const lives = (seconds = 3600) => bench.clock.now() + seconds * 1000;
  if (home === 'records') {
    return {
      insert: (key, value, { seconds, indexes } = {}) => records.insert(kind, key, value, { indexes, expiresAt: lives(seconds) }),
      put: (key, value, { seconds, indexes } = {}) => records.put(kind, key, value, { indexes, expiresAt: lives(seconds) }),
      replace: (key, value, version) => records.replace(kind, key, value, version, { expiresAt: lives() }),
      get: (key) => records.get(kind, key),
      mark: (key) => records.mark(kind, key),
      remove: (key) => records.remove(kind, key),
      removeAll: (index, value) => records.removeAll(kind, index, value),
      keysOf: async (index, value) => (await records.list(kind, { index, value }, { limit: 1000 })).rows.map(({ key }) => key).toSorted(),
    };
  }
  return {
    insert: (key, value, { seconds = 3600, indexes } = {}) => expiring.add(kind, key, value, seconds, indexes),
    put: (key, value, { seconds = 3600, indexes } = {}) => expiring.put(kind, key, value, seconds, indexes),
    replace: (key, value, version) => expiring.replace(kind, key, value, version, 3600),
    get: (key) => expiring.get(kind, key),
    mark: (key) => expiring.mark(kind, key),
    remove: (key) => expiring.remove(kind, key),
    removeAll: (index, value) => expiring.removeAll(kind, index, value),
    keysOf: async (index, value) => (await expiring.list(kind, index, value)).map(({ key }) => key).toSorted(),
  };
}
