// What Redis's errors mean for the person: a store that can't answer now is `unavailable`; everything else is a bug.
import { AppError } from '../../errors.ts';

/** The codes of replies that blame the command itself. All others (LOADING, READONLY, OOM, CLUSTERDOWN …) are about the server's state. */
const bugs = new Set(['ERR', 'WRONGTYPE', 'CROSSSLOT', 'NOSCRIPT']);

/**
 * The code of a reply. Before version 7 that of a command within a script stands in the middle:
 * `ERR Error running script (…): @user_script: 17: -OOM command not allowed …`.
 */
function codeOf({ message }: Error): string {
  const [, within] = /^ERR Error running script .*?: -([A-Z]+) /.exec(message) ?? [];
  return within ?? message.split(' ', 1)[0]!;
}

/** The connection leads to a replica, which takes no writes. */
export const isReadOnly = (error: Error): boolean => codeOf(error) === 'READONLY';

export function toFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  // A new error: the driver's own carries the command with its keys and values, which no log may hold.
  const cause = new Error(error.message);
  const isBug = error.name === 'ReplyError' && bugs.has(codeOf(error));
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
