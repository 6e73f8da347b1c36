// The tables of both homes, as ordered lists of steps: a file's `user_version` counts the steps that it has taken.
// A step that was released is never edited; a change is a new step at the end.
import type { DatabaseSync } from 'node:sqlite';
import { StoreUnusable } from '../../errors.ts';

export type Migrations = readonly string[];

// A declared index holds the kind and the key too: a page of a list is one range of it, in the order of the keys.
const entries = `
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    marked_at INTEGER,
    expires_at INTEGER,
    account TEXT,
    client TEXT,
    uid TEXT,
    grant TEXT,
    userCode TEXT
  );
  CREATE UNIQUE INDEX entries_key ON entries (kind, key);
  CREATE INDEX entries_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX entries_account ON entries (account, kind, key) WHERE account IS NOT NULL;
  CREATE INDEX entries_client ON entries (client, kind, key) WHERE client IS NOT NULL;
  CREATE INDEX entries_uid ON entries (uid, kind, key) WHERE uid IS NOT NULL;
  CREATE INDEX entries_grant ON entries (grant, kind, key) WHERE grant IS NOT NULL;
  CREATE INDEX entries_userCode ON entries (userCode, kind, key) WHERE userCode IS NOT NULL;
`;

const ledgers = `
  CREATE TABLE ledgers (
    partition TEXT NOT NULL,
    name TEXT NOT NULL,
    spends BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (partition, name)
  ) WITHOUT ROWID;
  CREATE INDEX ledgers_expiry ON ledgers (expires_at);
`;

export const recordsMigrations: Migrations = [entries];
export const expiringMigrations: Migrations = [`${entries}${ledgers}`];

/** Takes the steps that are missing, all or none of them. Two processes that start at once take turns. */
export function migrate(database: DatabaseSync, path: string, migrations: Migrations): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const taken = readVersion(database);
    if (taken > migrations.length) {
      throw new StoreUnusable(
        `${path} was written by a newer version of Latchkey (schema ${taken}; this version knows ${migrations.length}). Start that version, or restore a backup from before the upgrade.`,
      );
    }
    for (const step of migrations.slice(taken)) database.exec(step);
    if (taken < migrations.length) database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function readVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}
