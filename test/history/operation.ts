// What a history is made of: every operation with its times and its answer, as the one who asked for it saw them.

/**
 * `refused`: answered, and nothing was done. `unknown`: a cut connection, a 503, a time-out, or a page from which it can't be
 * told: it may have been done, now or later, or never.
 */
export type Outcome = 'ok' | 'refused' | 'unknown';

/** Milliseconds of one clock, the driver's, fine enough that what came after an answer is later than it. `answered` of an unknown one: when it was given up. */
export type Seen = { outcome: Outcome; invoked: number; answered: number };

/** What a person shares with an app, as they ticked it, and as userinfo then shows it. */
export const items = ['email', 'phone'] as const;
export type ItemName = (typeof items)[number];
export type Shares = Partial<Record<ItemName, boolean>>;

/** `session`: one browser's sign-in. `family`: the tokens of one authorization code, named by it. */
export type Deed =
  /** A one-time code is asked for. */
  | { kind: 'issue'; person: string }
  /** A one-time code is typed, and is right; `code` names the message that it came in. */
  | { kind: 'verify'; person: string; code: string }
  /** A number is added to the person's account. */
  | { kind: 'link'; person: string; number: string }
  /** Ends in an authorization code. */
  | { kind: 'authorize'; person: string; session: string; code?: string }
  | { kind: 'redeem'; session: string; code: string; person: string; sub?: string; token?: string }
  | { kind: 'rotate'; session: string; family: string; token: string; child?: string }
  /** `refused`: what was presented is inactive. `bound`: its tokens end with the session. */
  | { kind: 'use'; session: string; family: string; bound: boolean }
  | { kind: 'revoke'; session: string; family: string }
  | { kind: 'sign-out'; session: string }
  /** The person's decision about one app. */
  | { kind: 'consent'; person: string; shares: Shares }
  /** What that app is shown, from an authorization to the answer of userinfo. */
  | { kind: 'claims'; person: string; shares: Shares; number?: string };

export type Kind = Deed['kind'];
/** `why`: the protocol's word for a refusal, for whoever reads an anomaly. */
export type Operation = Deed & Seen & { why?: string };
export type Of<K extends Kind> = Extract<Deed, { kind: K }> & Seen & { why?: string };

export const ofKind = <K extends Kind>(history: readonly Operation[], kind: K): Of<K>[] =>
  history.filter((operation) => operation.kind === kind) as Of<K>[];

/** It was surely done, or may have been. */
export const mayBeDone = ({ outcome }: Seen) => outcome !== 'refused';

/** Until when it may take effect: one whose answer is unknown may lie in a buffer for as long as it likes. */
export const lastMoment = ({ outcome, answered }: Seen) => (outcome === 'unknown' ? Infinity : answered);

/** Whether it may have taken effect before `other` did. */
export const mayPrecede = (one: Seen, other: Seen) => mayBeDone(one) && one.invoked < other.answered;

/** Whether it had been acknowledged when `other` was asked for. */
export const surelyPrecedes = (one: Seen, other: Seen) => one.outcome === 'ok' && one.answered < other.invoked;

export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
