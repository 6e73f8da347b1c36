// What Redis's errors mean for the person: a store that can't answer now is `unavailable`; everything else is a bug.
import { AppError } from '../../errors.ts';

/** The codes of replies that blame the command itself. All others (LOADING, READONLY, OOM, CLUSTERDOWN …) are about the server's state. */
const bugs = new Set(['ERR', 'WRONGTYPE', 'CROSSSLOT', 'NOSCRIPT']);

export function toFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  // A new error: the driver's own carries the command with its keys and values, which no log may hold.
  const cause = new Error(error.message);
  const isBug = error.name === 'ReplyError' && bugs.has(error.message.split(' ', 1)[0]!);
  return isBug ? cause : new AppError('unavailable', {}, { cause });
}

/** Redis's answer to a write that reached it too late (see `guard` in guard.ts): its clock, in milliseconds. */
export function readLate(error: unknown): number | undefined {
  const [, time] = /^LATE (\d+)$/.exec((error as Error).message) ?? [];
  return time === undefined ? undefined : Number(time);
}

export function closedFailure(): AppError {
  return new AppError('unavailable', {}, { cause: new Error('The storage is closed') });
}
