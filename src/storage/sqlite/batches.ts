// Group commit: the first write of an event-loop turn begins a transaction, the turn's end commits it once for everybody.
// Invariant: an answer never rests on what isn't durable, so that reads, too, wait for the batch that they ran in.
import type { DatabaseSync } from 'node:sqlite';
import { closedFailure, toFailure } from './failures.ts';

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

export function openBatches(database: DatabaseSync): Batches {
  // IMMEDIATE takes the write lock first: what a write decides upon can't change under it, in any process.
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) => database.prepare(sql));
  const [save, release, undo] = ['SAVEPOINT whole', 'RELEASE whole', 'ROLLBACK TO whole'].map((sql) => database.prepare(sql));
  const version = database.prepare('PRAGMA user_version');
  let current: Batch | undefined;
  let closed = false;

  function start(): Batch {
    begin!.run();
    const batch = Promise.withResolvers<void>();
    // The operations report a failed commit; a batch whose operations all failed has nobody to tell.
    batch.promise.catch(() => undefined);
    setImmediate(() => finish(batch));
    return (current = batch);
  }

  function finish(batch: Batch): void {
    if (current !== batch) return;
    try {
      commit!.run();
      current = undefined;
      batch.resolve();
    } catch (error) {
      abandon(batch, error);
    }
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
      if (batch && !database.isTransaction) abandon(batch, error);
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
    read: (operation) => join(operation, current),
    write,
    writeWhole: (operation) => write(() => whole(operation)),
    async check() {
      try {
        await join(() => version.get(), current);
      } catch (error) {
        const { cause = error } = error as Error;
        throw new Error(`SQLite does not answer: ${(cause as Error).message}`, { cause: error });
      }
    },
    async close() {
      if (closed) return;
      if (current) finish(current);
      closed = true;
      database.close();
    },
  };
}
