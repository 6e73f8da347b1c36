// Group commit: writes that are asked for within a few turns of the event loop are done one after the other in one transaction.
// It begins and ends within one of those turns, so that no other process waits for longer than the statements take, and none
// ever holds one file while it waits for another.
// Reads are done right away (see read-stretches).
// Invariant: an answer never rests on what isn't durable, so that reads, too, wait for the commit that they may have seen.
import type { DatabaseSync } from 'node:sqlite';
import { closedFailure, diskFailure, isBusy, toFailure } from './failures.ts';
import type { LogSync } from './log-sync.ts';
import { openReadStretches } from './read-stretches.ts';

/** Each `operation` runs synchronously; a read right away, a write when its batch does. */
export type Batches = {
  read<T>(operation: () => T): Promise<T>;
  write<T>(operation: () => T): Promise<T>;
  /** A write of several statements: all of them or none. */
  writeWhole<T>(operation: () => T): Promise<T>;
  /** Rejects with what SQLite says, for the operator. */
  check(): Promise<void>;
  /** Commits what was asked for; whatever comes later is refused as unavailable. */
  close(): Promise<void>;
};

type Asked = { operation: () => unknown; resolve: (answer: never) => void; reject: (error: unknown) => void };

/** An idle loop turns this often within a tenth of a millisecond; a busy one brings others' writes meanwhile, and they share the commit. */
const gatheredTurns = 8;

function afterTurns(turns: number, act: () => void): void {
  setImmediate(() => (turns > 1 ? afterTurns(turns - 1, act) : act()));
}

/**
 * `log`: a batch is answered when its commit is on the disk, not only written. `forget` is called, before anything is read, when
 * rows may lie otherwise than what was asked for here has left them: another connection has written, or something was undone.
 */
export type BatchOptions = { log?: LogSync; forget?: () => void };

export function openBatches(database: DatabaseSync, { log, forget = () => undefined }: BatchOptions = {}): Batches {
  // IMMEDIATE takes the write lock first: what a write decides upon can't change under it, in any process.
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) => database.prepare(sql));
  const [save, release, undo] = ['SAVEPOINT whole', 'RELEASE whole', 'ROLLBACK TO whole'].map((sql) => database.prepare(sql));
  const version = database.prepare('PRAGMA user_version');
  const reads = openReadStretches(database, forget);
  let waiting: Asked[] = [];
  /** The newest commit that is on its way to the disk. */
  let settling: Promise<void> | undefined;
  let closed = false;
  /** The disk did not take what was written last. */
  let failing = false;

  /** @returns what each answers, when all of it is committed */
  function runAll(batch: readonly Asked[]): (() => void)[] {
    begin!.run();
    const answers = batch.map(({ operation, resolve, reject }) => {
      try {
        const answer = operation() as never;
        return () => resolve(answer);
      } catch (error) {
        // A failed statement undoes itself alone, but on some faults (a full disk) SQLite rolls all of the batch back.
        if (!database.isTransaction) throw error;
        return () => reject(toFailure(error, database.location()));
      }
    });
    commit!.run();
    return answers;
  }

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const refuse = (failure: unknown) => batch.forEach(({ reject }) => reject(failure));
    try {
      reads.release();
      const answers = runAll(batch);
      failing = false;
      const answer = () => answers.forEach((tell) => tell());
      if (log) settle(log, answer, refuse);
      else answer();
    } catch (error) {
      failing = !isBusy(error);
      forget();
      refuse(toFailure(error, database.location()));
      if (database.isTransaction) rollback!.run();
    }
  }

  function settle({ sync }: LogSync, answer: () => void, refuse: (failure: unknown) => void): void {
    const settled = sync().catch((error: unknown) => {
      failing = true;
      throw diskFailure(error);
    });
    settling = settled;
    settled.then(answer, refuse).finally(() => {
      if (settling === settled) settling = undefined;
    });
  }

  function write<T>(operation: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (closed) throw closedFailure();
      if (waiting.push({ operation, resolve, reject }) === 1) afterTurns(gatheredTurns, flush);
    });
  }

  async function read<T>(operation: () => T): Promise<T> {
    if (closed) throw closedFailure();
    let answer: T;
    try {
      reads.hold();
      answer = operation();
    } catch (error) {
      forget();
      throw toFailure(error, database.location());
    }
    if (settling) await settling;
    return answer;
  }

  function whole<T>(operation: () => T): T {
    save!.run();
    try {
      const answer = operation();
      release!.run();
      return answer;
    } catch (error) {
      forget();
      if (database.isTransaction) {
        undo!.run();
        release!.run();
      }
      throw error;
    }
  }

  return {
    read,
    write,
    writeWhole: (operation) => write(() => whole(operation)),
    async check() {
      try {
        await read(() => version.get());
        // A full disk can be read, and only a write tells that it has room again: the same version, within one transaction.
        if (failing) await write(() => database.exec(`PRAGMA user_version = ${Number(version.get()?.user_version)}`));
      } catch (error) {
        const { cause = error } = error as Error;
        throw new Error(`SQLite does not answer: ${(cause as Error).message}`, { cause: error });
      }
    },
    async close() {
      if (closed) return;
      flush();
      closed = true;
      reads.release();
      await settling?.catch(() => undefined);
      await log?.close();
      database.close();
    },
  };
}
