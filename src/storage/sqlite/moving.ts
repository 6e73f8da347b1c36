// A file that is moved, or moved into: nobody else has it open, and rows go out and come in exactly as they lie.
import type { DatabaseSync } from 'node:sqlite';
import type { KeyedRow, Kind, Movable } from '../port.ts';
import { alive, encodeIndexes, encodeValue, indexColumns, indexNames } from './columns.ts';
import { toFailure } from './failures.ts';
import { openFile } from './file.ts';
import { recordsMigrations } from './migrations.ts';
import { openListing } from './reading.ts';

/** @throws SQLite's BUSY while another process has the file open */
export function openMovable(path: string, now: () => number): Movable {
  const database = openFile({ path, synchronous: 'FULL', migrations: recordsMigrations, alone: true });
  const list = openListing({ database, now });
  const nextKind = database.prepare('SELECT kind FROM entries WHERE kind > ? ORDER BY kind LIMIT 1');
  const count = database.prepare(`SELECT count(*) AS rows FROM entries WHERE kind = ? AND ${alive}`);
  const remove = database.prepare('DELETE FROM entries WHERE kind = ? AND key = ?');
  const load = openLoading(database, now);

  return {
    async kinds() {
      const kinds: Kind[] = [];
      // From one kind to the next: an index entry each, where DISTINCT would read the whole index.
      for (;;) {
        const found = nextKind.get(kinds.at(-1) ?? '')?.kind;
        if (found === undefined) return kinds;
        kinds.push(found as Kind);
      }
    },
    count: async (kind, time) => Number(count.get(kind, time)?.rows),
    read: async (kind, page) => list(kind, 'all', page),
    load: async (kind, rows) => load(kind, rows),
    async remove(kind, key) {
      remove.run(kind, key);
    },
    async close() {
      database.close();
    },
  };
}

function openLoading(database: DatabaseSync, now: () => number) {
  const columns = ['value', 'version', 'marked_at', 'expires_at', ...indexNames];
  // What has expired lies under its key as if it were not there.
  const insert = database.prepare(
    `INSERT INTO entries (kind, key, value, version, marked_at, expires_at, ${indexColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (kind, key) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')} WHERE expires_at <= ?`,
  );

  function insertRow(kind: Kind, { key, value, version, markedAt, expiresAt, indexes }: KeyedRow): void {
    const fields = [encodeValue(value), version, markedAt ?? null, expiresAt ?? null, ...encodeIndexes(indexes)];
    if (insert.run(kind, key, ...fields, now()).changes === 0) throw new Error(`A key of kind ${kind} is taken`);
  }

  return (kind: Kind, rows: readonly KeyedRow[]): void => {
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) insertRow(kind, row);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw toFailure(error, database.location());
    }
  };
}
