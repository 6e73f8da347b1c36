// What SQLite's errors mean for the person: a store that can't answer now is `unavailable`; everything else is a bug.
import { AppError } from '../../errors.ts';

/** Primary result codes (https://sqlite.org/rescode.html): the lock, the memory, the disk; not the statement. */
const outages = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
]);

export function toFailure(error: unknown): unknown {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  // The low byte of an extended code is the primary one.
  if (typeof code === 'number' && outages.has(code & 0xff)) return new AppError('unavailable', {}, { cause: error });
  return error;
}

export function closedFailure(): AppError {
  return new AppError('unavailable', {}, { cause: new Error('The storage is closed') });
}

/** What was written may or may not be on the disk: whoever waited for it is told that it can't be relied on. */
export function diskFailure(cause: unknown): AppError {
  return new AppError('unavailable', {}, { cause });
}
