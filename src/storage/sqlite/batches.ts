// Group commit: the first write of an event-loop turn begins a transaction, the turn's end commits it once for everybody.
// Invariant: an answer never rests on what isn't durable, so that reads, too, wait for the batch whose writes they may have seen.
import type { DatabaseSync } from 'node:sqlite';
import { closedFailure, diskFailure, toFailure } from './failures.ts';
import type { LogSync } from './log-sync.ts';

/** Each `operation` runs synchronously, right away; only its answer waits. */
export type Batches = {
  read<T>(operation: () => T): Promise<T>;
  write<T>(operation: () => T): Promise<T>;
  /** A write of several statements: all of them or none. */
  writeWhole<T>(operation: () => T): Promise<T>;
  /** Rejects with what SQLite says, for the operator. */
  check(): Promise<void>;
  /** Commits what is open; whatever comes later is refused as unavailable. */
  close(): Promise<void>;
};

type Batch = PromiseWithResolvers<void>;

/** With `log`, a batch is answered when its commit is on the disk, not only written. */
export function openBatches(database: DatabaseSync, log?: LogSync): Batches {
  // IMMEDIATE takes the write lock first: what a write decides upon can't change under it, in any process.
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) => database.prepare(sql));
  const [save, release, undo] = ['SAVEPOINT whole', 'RELEASE whole', 'ROLLBACK TO whole'].map((sql) => database.prepare(sql));
  const version = database.prepare('PRAGMA user_version');
  let current: Batch | undefined;
  /** Committed, and on its way to the disk. */
  let settling: Batch | undefined;
  let closed = false;

  function start(): Batch {
    begin!.run();
    const batch = Promise.withResolvers<void>();
    // The operations report a failed commit; a batch whose operations all failed has nobody to tell.
    batch.promise.catch(() => undefined);
    // Not later: another process may wait for this file while it holds the other one, which the next turn may want here.
    setImmediate(() => finish(batch));
    return (current = batch);
  }

  function finish(batch: Batch): void {
    if (current !== batch) return;
    try {
      commit!.run();
      current = undefined;
      if (log) void settle(batch, log);
      else batch.resolve();
    } catch (error) {
      abandon(batch, error);
    }
  }

  async function settle(batch: Batch, { sync }: LogSync): Promise<void> {
    settling = batch;
    const failure = await sync().then(() => undefined, diskFailure);
    if (settling === batch) settling = undefined;
    if (failure) batch.reject(failure);
    else batch.resolve();
  }

  function abandon(batch: Batch, error: unknown): void {
    current = undefined;
    batch.reject(toFailure(error));
    if (database.isTransaction) rollback!.run();
  }

  async function join<T>(operation: () => T, batch: Batch | undefined): Promise<T> {
    if (closed) throw closedFailure();
    let answer: T;
    try {
      answer = operation();
    } catch (error) {
      // A failed statement undoes itself alone, but on some faults (a full disk) SQLite rolls all of the batch back.
      if (batch && batch === current && !database.isTransaction) abandon(batch, error);
      throw toFailure(error);
    }
    if (batch) await batch.promise;
    return answer;
  }

  async function write<T>(operation: () => T): Promise<T> {
    if (closed) throw closedFailure();
    let batch = current;
    try {
      batch ??= start();
    } catch (error) {
      throw toFailure(error);
    }
    return join(operation, batch);
  }

  function whole<T>(operation: () => T): T {
    save!.run();
    try {
      const answer = operation();
      release!.run();
      return answer;
    } catch (error) {
      if (database.isTransaction) {
        undo!.run();
        release!.run();
      }
      throw error;
    }
  }

  return {
    read: (operation) => join(operation, current ?? settling),
    write,
    writeWhole: (operation) => write(() => whole(operation)),
    async check() {
      try {
        await join(() => version.get(), current ?? settling);
      } catch (error) {
        const { cause = error } = error as Error;
        throw new Error(`SQLite does not answer: ${(cause as Error).message}`, { cause: error });
      }
    },
    async close() {
      if (closed) return;
      if (current) finish(current);
      closed = true;
      await settling?.promise.catch(() => undefined);
      await log?.close();
      database.close();
    },
  };
}
