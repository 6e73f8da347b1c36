// What SQLite's errors mean: for the person a store that can't answer now is `unavailable`, for the operator a file that is damaged has
// to be restored; everything else is a bug.
import { AppError, StoreUnusable } from '../../errors.ts';

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

const damages = new Set([
  11, // CORRUPT
  26, // NOTADB
]);

/** @param file which one the error is about */
export function toFailure(error: unknown, file: string | null): unknown {
  return outages.has(codeOf(error)) ? new AppError('unavailable', {}, { cause: error }) : toDamage(error, file);
}

/** @returns the error itself, where it is about no damage */
export function toDamage(error: unknown, file: string | null): unknown {
  if (!damages.has(codeOf(error))) return error;
  // What expires is in no backup, and nobody misses it for long.
  const todo = file?.includes('.expiring.')
    ? 'Move it away, with its -wal and -shm: it is made anew, and sign-ins under way begin again.'
    : 'Put a backup in its place, without the -wal and -shm beside it (docs/operating.md, Backup).';
  return new StoreUnusable(`The database ${file} can't be read: ${(error as Error).message}. ${todo}`, { cause: error });
}

/** Another process held the file for too long: nothing is wrong with the disk. */
export const isBusy = (error: unknown): boolean => codeOf(error) === 5;

/** What the operator who asked for a copy is told. */
export function toNoCopy(error: unknown, file: string): unknown {
  if (!outages.has(codeOf(error))) return toDamage(error, file);
  return new StoreUnusable(`The copy can't be made: ${(error as Error).message}.`, { cause: error });
}

/** The low byte of an extended code is the primary one. */
function codeOf(error: unknown): number {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : 0;
}

/** The folder or the file can't be made, or not be opened. */
export function describeNoFile(file: string, cause: NodeJS.ErrnoException): StoreUnusable {
  const words =
    { EACCES: 'this user may not', EPERM: 'this user may not', EROFS: 'the disk is read-only', EISDIR: 'there is a folder of that name' }[
      cause.code ?? ''
    ] ?? String(cause.code);
  const place = cause.path === undefined || cause.path === file ? '' : ` at ${cause.path}`;
  return new StoreUnusable(`The database ${file} can't be made or opened${place}: ${words}. See DATABASE_URL.`, { cause });
}

export function closedFailure(): AppError {
  return new AppError('unavailable', {}, { cause: new Error('The storage is closed') });
}

/** What was written may or may not be on the disk: whoever waited for it is told that it can't be relied on. */
export function diskFailure(cause: unknown): AppError {
  return new AppError('unavailable', {}, { cause });
}
