// Everything that a store on SQLite holds: each byte of its files, and each column of each row by itself.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Piece = { place: string; bytes: Buffer };

const isStore = (name: string) => /\.db(-wal|-shm)?$/.test(name);

/** Raw bytes: what was deleted and what was overwritten is still there, too. */
export function readStoreFiles(folder: string): Piece[] {
  return readdirSync(folder)
    .filter(isStore)
    .map((name) => ({ place: name, bytes: readFileSync(join(folder, name)) }));
}

/** One piece per table and column, its values apart from one another; read it after the raw bytes: opening folds the log in. */
export function readStoreColumns(folder: string): Piece[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .flatMap((name) => {
      const database = new DatabaseSync(join(folder, name));
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
