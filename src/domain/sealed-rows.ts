// Rows of one kind whose values are sealed: what the domain keeps is unreadable to whoever reads only the store.
import type { Keys } from '../keys/keys.ts';
import type { Expiring, Index, Meta, NewRow, Page, Records } from '../storage/port.ts';

export type Stored<V> = { value: V; version: number; markedAt?: number };

export function sealedRecords<V>(records: Records, keys: Keys, kind: string) {
  const place = (key: string) => `${kind}:${key}`;
  return {
    async get(key: string): Promise<Stored<V> | undefined> {
      const row = await records.get<string>(kind, key);
      return row && { value: keys.open<V>(row.value, place(key)), version: row.version, markedAt: row.markedAt };
    },
    foresee: (key: string) => records.foresee?.(kind, key),
    forget: (key: string) => records.forget?.(kind, key),
    async list(where: { index: Index; value: string }, page: Page): Promise<{ rows: (Stored<V> & { key: string })[]; next?: string }> {
      const { rows, next } = await records.list<string>(kind, where, page);
      return { rows: rows.map((row) => ({ ...row, value: keys.open<V>(row.value, place(row.key)) })), next };
    },
    /** For an insert together with rows of other kinds. */
    toRow: (key: string, value: V, meta?: Meta): NewRow => ({ kind, key, value: keys.seal(value, place(key)), meta }),
    insert: (key: string, value: V, meta?: Meta) => records.insert(kind, key, keys.seal(value, place(key)), meta),
    replace: (key: string, stored: Stored<V>, meta?: Meta) =>
      records.replace(kind, key, keys.seal(stored.value, place(key)), stored.version, meta),
    remove: (key: string) => records.remove(kind, key),
  };
}

export function sealedExpiring<V>(expiring: Expiring, keys: Keys, kind: string) {
  const place = (key: string) => `${kind}:${key}`;
  return {
    async get(key: string): Promise<Stored<V> | undefined> {
      const row = await expiring.get<string>(kind, key);
      return row && { value: keys.open<V>(row.value, place(key)), version: row.version, markedAt: row.markedAt };
    },
    /** `ttl` in seconds. */
    add: (key: string, value: V, ttl: number) => expiring.add(kind, key, keys.seal(value, place(key)), ttl),
    replace: (key: string, stored: Stored<V>, ttl: number) =>
      expiring.replace(kind, key, keys.seal(stored.value, place(key)), stored.version, ttl),
    mark: (key: string) => expiring.mark(kind, key),
    remove: (key: string) => expiring.remove(kind, key),
  };
}
