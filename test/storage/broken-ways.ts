// Stores that are broken on purpose, each in one way: they say that something was done, and did something else.
import { setTimeout as pause } from 'node:timers/promises';
import type { Records, Storage } from '../../src/storage/port.ts';
import { oneByOne } from './broken.ts';

/** Several rows in turn are inserted as one is. */
function withRecords(storage: Storage, changed: Partial<Records>): Storage {
  const records = { ...storage.records, ...changed };
  return { ...storage, records: { ...records, insertInTurn: oneByOne(records.insert) } };
}

/** Every caller hears that it was the first, and nothing is marked. */
export function forgetMarks({ records, expiring, ...rest }: Storage): Storage {
  const mark = async () => 'first' as const;
  return { ...rest, records: { ...records, mark }, expiring: { ...expiring, mark } };
}

/** An insert looks, waits, and overwrites what has come in between. */
export function overwrite(storage: Storage): Storage {
  const { records } = storage;
  return withRecords(storage, {
    async insert(kind, key, value, meta) {
      if (await records.get(kind, key)) return false;
      if (kind === 'address') await pause(150);
      await records.put(kind, key, value, meta);
      return true;
    },
  });
}

/** Whatever hangs on a grant stays when it is removed. */
export function keepGrants({ records, expiring, ...rest }: Storage): Storage {
  const kept = ['Grant', 'RefreshToken', 'AccessToken'];
  return {
    ...rest,
    records: {
      ...records,
      remove: async (kind, ...args) => kept.includes(kind) || records.remove(kind, ...args),
      removeAll: async (kind, ...args) => (kept.includes(kind) ? 1 : records.removeAll(kind, ...args)),
    },
    expiring: {
      ...expiring,
      remove: async (kind, key) => kept.includes(kind) || expiring.remove(kind, key),
      removeAll: async (kind, ...args) => (kept.includes(kind) ? 1 : expiring.removeAll(kind, ...args)),
    },
  };
}

/** A session that was signed out of stays. */
export function keepSessions(storage: Storage): Storage {
  const { records } = storage;
  const ended = new Set<string>();
  return withRecords(storage, {
    async put(kind, key, ...rest) {
      if (kind === 'ended') ended.add(key);
      await records.put(kind, key, ...rest);
    },
    async remove(kind, key, version) {
      const row = kind === 'Session' ? await records.get(kind, key) : undefined;
      return ended.has(row?.indexes.uid ?? '') || records.remove(kind, key, version);
    },
    removeAll: async (kind, index, value) => (kind === 'Session' && ended.has(value) ? 1 : records.removeAll(kind, index, value)),
  });
}

/** Of the acknowledged writes of a kind every so manieth never happens. */
function loseWrites(storage: Storage, kind: string, every = 3): Storage {
  const { records } = storage;
  let count = 0;
  const isLost = (of: string) => of === kind && (count += 1) % every === 0;
  return withRecords(storage, {
    insert: async (of, key, value, meta) => isLost(of) || records.insert(of, key, value, meta),
    replace: async (of, key, value, version, meta) => isLost(of) || records.replace(of, key, value, version, meta),
  });
}

export const loseRefreshTokens = (storage: Storage) => loseWrites(storage, 'RefreshToken');
export const loseConsents = (storage: Storage) => loseWrites(storage, 'consent');
export const loseAddresses = (storage: Storage) => loseWrites(storage, 'address', 1);

/** Every third session is gone when it was written again. */
export function loseSessions(storage: Storage): Storage {
  const { records } = storage;
  let count = 0;
  return withRecords(storage, {
    replace: async (kind, key, value, version, meta) => {
      const done = await records.replace(kind, key, value, version, meta);
      if (done && kind === 'Session' && (count += 1) % 3 === 0) await records.remove(kind, key);
      return done;
    },
  });
}

/** Every third code is gone when it was written. */
export function loseCodes(storage: Storage): Storage {
  const { expiring } = storage;
  let count = 0;
  const put: typeof expiring.put = async (kind, ...rest) => {
    if (kind === 'AuthorizationCode' && (count += 1) % 3 === 0) return;
    await expiring.put(kind, ...rest);
  };
  return { ...storage, expiring: { ...expiring, put } };
}
