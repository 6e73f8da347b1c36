// Reads of one stretch of work, which nothing else interrupts, share a transaction and see one state: taking SQLite's lock and letting
// go of it costs more than to read a row. Each begins with the question whether another connection has written to the file.
import type { DatabaseSync } from 'node:sqlite';

export type ReadStretches = {
  /** Called before each read. */
  hold(): void;
  /** Before anything else is done with the connection. */
  release(): void;
};

/** `forget` is called, before anything is read, when another connection has written since the last stretch. */
export function openReadStretches(database: DatabaseSync, forget: () => void): ReadStretches {
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  // Of the transaction under way; commits of this connection leave it as it is (https://sqlite.org/pragma.html#pragma_data_version).
  const version = database.prepare('PRAGMA data_version');
  version.setReturnArrays(true);
  let seen: unknown;
  let reading = false;

  function release(): void {
    if (!reading) return;
    reading = false;
    if (!database.isOpen || !database.isTransaction) return;
    try {
      commit.run();
    } catch {
      // Nothing was written, and whoever reads a damaged file has heard of it: this must not end the process.
      if (database.isTransaction) database.exec('ROLLBACK');
    }
  }

  return {
    hold() {
      if (reading) return;
      begin.run();
      reading = true;
      // Ticks come when all promises' work is done.
      process.nextTick(release);
      const [now] = version.get() as unknown as [number];
      if (now !== seen) forget();
      seen = now;
    },
    release,
  };
}
