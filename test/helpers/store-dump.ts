// Everything that a store holds. On SQLite: each byte of its files, and each column of each row by itself.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { watchServers } from './servers-dump.ts';
import { type NamedStore, onServers } from './store.ts';

export type Piece = { place: string; bytes: Buffer };

/** `history`: what was deleted and what was overwritten is there, too. `columns`: the values of one column or field, apart from one another. */
export type StoreDump = { history: Piece[]; columns: Piece[] };

/** Watches from now on. Stop it before the program's folder goes. */
export async function watchStore(store: NamedStore): Promise<{ read(): Promise<StoreDump>; stop(): Promise<void> }> {
  if (onServers) return watchServers(store);
  const path = store.database.url.slice('sqlite:'.length);
  return {
    // The raw bytes first: opening folds the log in.
    read: async () => ({ history: readFiles(path), columns: readColumns(path) }),
    stop: async () => undefined,
  };
}

/** `latchkey.db` stands for `latchkey.expiring.db`, and for the logs of both, too. */
function filesOf(path: string): string[] {
  const start = `${basename(path, '.db')}.`;
  return readdirSync(dirname(path)).filter((name) => name.startsWith(start) && /\.db(-wal|-shm)?$/.test(name));
}

function readFiles(path: string): Piece[] {
  return filesOf(path).map((name) => ({ place: name, bytes: readFileSync(join(dirname(path), name)) }));
}

function readColumns(path: string): Piece[] {
  return filesOf(path)
    .filter((name) => name.endsWith('.db'))
    .flatMap((name) => {
      const database = new DatabaseSync(join(dirname(path), name));
      const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      const pieces = tables.flatMap(({ name: table }) => readTable(database, name, String(table)));
      database.close();
      return pieces;
    });
}

function readTable(database: DatabaseSync, file: string, table: string): Piece[] {
  const columns = new Map<string, Buffer[]>();
  for (const row of database.prepare(`SELECT * FROM "${table}"`).iterate()) {
    for (const [column, value] of Object.entries(row)) {
      const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
      if (!columns.has(column)) columns.set(column, []);
      columns.get(column)?.push(bytes, Buffer.from('\n'));
    }
  }
  return [...columns].map(([column, values]) => ({ place: `${file} ${table}.${column}`, bytes: Buffer.concat(values) }));
}
