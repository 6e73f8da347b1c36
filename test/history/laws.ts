// The checker: reads a history and finds what must never happen. It knows nothing of programs, stores or the network.
//
// What is promised, and so looked for, whatever is killed, stopped or stalled:
// - a one-time code and an authorization code have at most one success; the double click of the same browser is none;
// - a refresh token has at most one child, which may be handed out again within the grace, while it is unused;
// - after an acknowledged revocation or sign-out nothing of it is active for whoever asks later;
// - a number, and an account, has at most one owner;
// - an acknowledged change is there for whoever asks later: account, verified number, consent, session, authorization
//   code, refresh token, access token. Nobody is refused what was issued and not ended.
//
// A store that loses what it acknowledged breaks the last promise for what lay in it. MongoDB with majority and journal and
// SQLite lose nothing when they are killed. Redis is run with `appendfsync always` where it is killed here, so that all of it
// can be checked. With `everysec`, as operators may have it, a kill may lose its last second: then codes, access tokens and
// sign-ins under way are dead, and replay marks and budgets begin anew (docs/storage-redis.md), so that an authorization
// code of that second might be redeemed again within its minute; records (accounts, numbers, consents, sessions, grants,
// refresh tokens) are promised all the same.
import { findChangeAnomalies } from './laws-changes.ts';
import { findEndAnomalies } from './laws-ends.ts';
import { findOnceAnomalies } from './laws-once.ts';
import type { Operation } from './operation.ts';

export type Law =
  | 'one-time code used twice'
  | 'authorization code used twice'
  | 'refresh token with two children'
  | 'refresh token used again after its child'
  | 'active after a revocation'
  | 'active after a sign-out'
  | 'number with two owners'
  | 'account with two owners'
  | 'account lost'
  | 'change lost'
  | 'session lost'
  | 'authorization code lost'
  | 'token lost';

export type Anomaly = { law: Law; words: string; operations: Operation[] };

/** Milliseconds each. */
export type Rules = {
  /** How long a second right answer of one browser just goes on. */
  doubleSubmitMs: number;
  /** How long a rotated refresh token may be presented again. */
  retryMs: number;
  codeLifeMs: number;
};

export function findAnomalies(history: readonly Operation[], rules: Rules): Anomaly[] {
  return [...findOnceAnomalies(history, rules), ...findEndAnomalies(history), ...findChangeAnomalies(history, rules)];
}
