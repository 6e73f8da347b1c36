// The writes of the table of rows, shared by both homes. Each is one statement, so that it can't happen by half (but `insertInTurn`).
// A call takes what is to be written as it is now, and answers what writes it.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Index, Kind, Mark, Meta, NewRow } from '../port.ts';
import { alive, copyIndexes, encodeIndexes, encodeValue, indexColumns, indexNames } from './columns.ts';
import type { RecentRows } from './recent-rows.ts';

/** The table of rows, what is remembered of it, and the clock. */
export type Rows = { database: DatabaseSync; recent: RecentRows; now: () => number };

/** Which row, and, where it matters, which version of it. */
export type Target = { kind: Kind; key: string; version?: number };

const insertRow = `INSERT INTO entries (kind, key, value, version, expires_at, ${indexColumns}) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?)`;
const inserted = ['expires_at', ...indexNames].map((name) => `${name} = excluded.${name}`).join(', ');
const given = ['expires_at', ...indexNames].map((name) => `${name} = ?`).join(', ');

export function openWriting({ database, recent, now }: Rows) {
  // An expired row is overwritten as if it were absent: version 1, unmarked.
  const insert = database.prepare(
    `${insertRow} ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, version = 1, marked_at = NULL, ${inserted} WHERE expires_at <= ?`,
  );
  const put = database.prepare(
    `${insertRow} ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, ${inserted},
      version = CASE WHEN expires_at <= ? THEN 1 ELSE version + 1 END,
      marked_at = CASE WHEN expires_at <= ? THEN NULL ELSE marked_at END
      RETURNING version`,
  );
  put.setReturnArrays(true);
  const replace = database.prepare(
    `UPDATE entries SET value = ?, version = version + 1, ${given} WHERE kind = ? AND key = ? AND version = ? AND ${alive}`,
  );
  const renew = database.prepare(
    `UPDATE entries SET value = ?, version = version + 1, expires_at = ? WHERE kind = ? AND key = ? AND version = ? AND ${alive}`,
  );
  const mark = database.prepare(`UPDATE entries SET marked_at = ? WHERE kind = ? AND key = ? AND marked_at IS NULL AND ${alive}`);
  const exists = database.prepare(`SELECT 1 FROM entries WHERE kind = ? AND key = ? AND ${alive}`);
  const remove = database.prepare(`DELETE FROM entries WHERE kind = ? AND key = ? AND ${alive}`);
  const removeVersion = database.prepare(`DELETE FROM entries WHERE kind = ? AND key = ? AND version = ? AND ${alive}`);
  const removeAll = Object.fromEntries(
    indexNames.map((name) => [name, database.prepare(`DELETE FROM entries WHERE ${name} = ? AND kind = ? AND ${alive}`)]),
  ) as Record<Index, StatementSync>;
  const sweep = database.prepare('DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE expires_at <= ? LIMIT ?)');

  function insertOne({ kind, key }: Target, value: unknown, { indexes, expiresAt }: Meta = {}): () => boolean {
    const columns = [kind, key, encodeValue(value), expiresAt ?? null, ...encodeIndexes(indexes)];
    const row = { value, version: 1, indexes: copyIndexes(indexes), expiresAt };
    return () => {
      const done = insert.run(...columns, now()).changes === 1;
      if (done) recent.rewrite(kind, key, row);
      return done;
    };
  }

  return {
    insert: insertOne,

    /** @returns how many, up to the first whose key was taken */
    insertInTurn(rows: readonly NewRow[]): () => number {
      const inserts = rows.map(({ value, meta, ...target }) => insertOne(target, value, meta));
      return () => {
        const taken = inserts.findIndex((run) => !run());
        return taken < 0 ? inserts.length : taken;
      };
    },

    put({ kind, key }: Target, value: unknown, { indexes, expiresAt }: Meta = {}): () => void {
      const columns = [kind, key, encodeValue(value), expiresAt ?? null, ...encodeIndexes(indexes)];
      const row = { value, indexes: copyIndexes(indexes), expiresAt };
      return () => {
        const time = now();
        const [version] = put.get(...columns, time, time) as unknown as [number];
        recent.rewrite(kind, key, { ...row, version });
      };
    },

    replace({ kind, key, version = 0 }: Target, value: unknown, { indexes, expiresAt }: Meta = {}): () => boolean {
      const columns = [encodeValue(value), expiresAt ?? null, ...encodeIndexes(indexes)];
      const row = { value, version: version + 1, indexes: copyIndexes(indexes), expiresAt };
      return () => {
        const done = replace.run(...columns, kind, key, version, now()).changes === 1;
        if (done) recent.rewrite(kind, key, row);
        return done;
      };
    },

    /** Replaces the value and the expiry; the indexes stay. */
    renew({ kind, key, version = 0 }: Target, value: unknown, expiresAt: number): () => boolean {
      const text = encodeValue(value);
      return () => {
        const done = renew.run(text, expiresAt, kind, key, version, now()).changes === 1;
        const before = done ? recent.get(kind, key) : undefined;
        if (before) recent.rewrite(kind, key, { value, version: version + 1, indexes: before.indexes, expiresAt });
        return done;
      };
    },

    /** The second statement only tells 'again' from 'absent'. */
    mark:
      ({ kind, key }: Target) =>
      (): Mark => {
        const time = now();
        if (mark.run(time, kind, key, time).changes === 0) return exists.get(kind, key, time) ? 'again' : 'absent';
        recent.mark(kind, key, time);
        return 'first';
      },

    remove({ kind, key, version }: Target): () => boolean {
      return () => {
        recent.forget(kind, key);
        const { changes } = version === undefined ? remove.run(kind, key, now()) : removeVersion.run(kind, key, version, now());
        return changes === 1;
      };
    },

    removeAll: (kind: Kind, index: Index, value: string) => (): number => {
      recent.forgetKind(kind);
      return Number(removeAll[index].run(value, kind, now()).changes);
    },

    sweep: (limit: number) => (): number => {
      const { changes } = sweep.run(now(), limit);
      // By this clock they had expired, but a clock may step back.
      if (changes) recent.forgetAll();
      return Number(changes);
    },
  };
}
