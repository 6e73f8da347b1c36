// Opens one database file: who may read it, how durable a commit is, and that its tables are this version's.
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeNoFile, toDamage } from './failures.ts';
import { migrate, type Migrations } from './migrations.ts';
import { makePrivateFolder } from './private-folder.ts';

/** A second process (the command line beside the server) holds the write lock for one batch, milliseconds; longer than this is a fault. */
const lockTimeout = 5000;

/**
 * Pages in the log before they are moved to the file, which the event loop waits for: 32 MB. Most of them are written again and again (the
 * leaves of the index of keys), and moved once.
 */
const logPages = 8000;

/** `alone`: no other process may have the file open, now or until it is closed; if one has, opening fails as BUSY. */
export type FileSettings = { path: string; migrations: Migrations; alone?: boolean; synchronous?: 'FULL' | 'NORMAL' };

export function openFile({ path, migrations, alone = false, synchronous = 'NORMAL' }: FileSettings): DatabaseSync {
  if (path !== ':memory:') createPrivately(path);
  const database = new DatabaseSync(path, { timeout: alone ? 0 : lockTimeout });
  try {
    // Before the first access: whoever has a file in WAL mode open holds a shared lock on it, idle or not.
    if (alone) database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    // NORMAL: a commit returns after the write, which survives kill -9; who needs the disk waits for it beside (log-sync).
    database.exec(`PRAGMA synchronous = ${synchronous}`);
    database.exec(`PRAGMA wal_autocheckpoint = ${logPages}`);
    database.exec('PRAGMA temp_store = MEMORY');
    // In KiB: the upper levels of the indexes of a million accounts stay in memory.
    database.exec('PRAGMA cache_size = -16384');
    migrate(database, path, migrations);
    return database;
  } catch (error) {
    database.close();
    throw toDamage(error, path);
  }
}

/** SQLite would create the file as the umask says; the log and its index inherit the mode of the file. @throws {StoreUnusable} */
export function createPrivately(path: string): void {
  try {
    makePrivateFolder(dirname(path));
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw describeNoFile(path, error as NodeJS.ErrnoException);
  }
}
