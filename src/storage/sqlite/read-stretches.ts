// Reads of one turn of the event loop share a transaction and see one state: taking SQLite's lock and letting go of it costs more than to
// read a row. Each begins with the question whether another connection has written to the file.
import { performance } from 'node:perf_hooks';
import type { DatabaseSync } from 'node:sqlite';

export type ReadStretches = {
  /** Called before each read. */
  hold(): void;
  /** Before anything else is done with the connection. */
  release(): void;
};

/**
 * Another number for each look of the event loop at what has come in (libuv, `uv_metrics_info`): turns are counted right before they look,
 * and events after they were dealt with, for a turn that finds a thousand looks again. Whatever is answered under one number was asked
 * before anything was read under it, so that none of it could know of anything newer.
 */
function turnNow(): number {
  const { loopCount, events } = performance.nodeTiming.uvMetricsInfo;
  return loopCount + events;
}

/** `forget` is called, before anything is read, when another connection has written since the last stretch. */
export function openReadStretches(database: DatabaseSync, forget: () => void): ReadStretches {
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  // Of the transaction under way; commits of this connection leave it as it is (https://sqlite.org/pragma.html#pragma_data_version).
  const version = database.prepare('PRAGMA data_version');
  version.setReturnArrays(true);
  let seen: unknown;
  let reading = false;
  let turn: number;

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
      const thisTurn = turnNow();
      if (reading && turn === thisTurn) return;
      release();
      begin.run();
      reading = true;
      turn = thisTurn;
      setImmediate(release);
      const [now] = version.get() as unknown as [number];
      if (now !== seen) forget();
      seen = now;
    },
    release,
  };
}
