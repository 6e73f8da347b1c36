// What must still be there: acknowledged changes, and whatever was issued and neither used up nor ended. A refusal is an
// anomaly unless something in the history may have been its cause.
import type { Anomaly, Law, Rules } from './laws.ts';
import { groupBy, items, lastMoment, mayBeDone, mayPrecede, type Of, ofKind, type Operation, surelyPrecedes } from './operation.ts';

type Grouped = {
  rules: Rules;
  /** By session, for a grant is shared by all families of a session. */
  revocations: Map<string, Of<'revoke'>[]>;
  redemptions: Map<string, Of<'redeem'>[]>;
  rotations: Map<string, Of<'rotate'>[]>;
  signOuts: Map<string, Of<'sign-out'>[]>;
  authorizations: Map<string, Of<'authorize'>[]>;
  rotationsOf: Map<string, Of<'rotate'>[]>;
  redemptionsOf: Map<string, Of<'redeem'>[]>;
};

function group(history: readonly Operation[], rules: Rules): Grouped {
  const rotations = ofKind(history, 'rotate');
  const redemptions = ofKind(history, 'redeem');
  const bySession = ({ session }: { session: string }) => session;
  return {
    rules,
    revocations: groupBy(ofKind(history, 'revoke'), bySession),
    redemptions: groupBy(redemptions, bySession),
    rotations: groupBy(rotations, bySession),
    signOuts: groupBy(ofKind(history, 'sign-out'), bySession),
    authorizations: groupBy(ofKind(history, 'authorize'), bySession),
    rotationsOf: groupBy(rotations, ({ token }) => token),
    redemptionsOf: groupBy(redemptions, ({ code }) => code),
  };
}

/** A rotation that may have been a reuse: the parent may have been used before, and its grace been over, or its child used. */
function mayBeReuse(rotation: Of<'rotate'>, { rotationsOf, rules }: Grouped): boolean {
  const end = lastMoment(rotation);
  const before = (rotationsOf.get(rotation.token) ?? []).filter((each) => each !== rotation && mayBeDone(each) && each.invoked < end);
  const childUsed = before.some(({ child }) => (rotationsOf.get(child ?? '') ?? []).some((use) => mayBeDone(use) && use.invoked < end));
  return childUsed || before.some(({ invoked }) => end > invoked + rules.retryMs);
}

/** Whether something in the session may have ended the family's grant before `refusal`: a revocation, or a reuse. */
function mayHaveEnded(family: string, refusal: Operation & { session: string }, grouped: Grouped): boolean {
  const { session } = refusal;
  const begun = (grouped.authorizations.get(session) ?? []).find(({ code }) => code === family)?.invoked ?? -Infinity;
  // What was over before the family began was about another grant.
  const mayBeCause = (end: Operation) => end.invoked < refusal.answered && lastMoment(end) > begun;
  const ends = [...(grouped.revocations.get(session) ?? []), ...(grouped.signOuts.get(session) ?? [])].filter(mayBeDone);
  const reuses = (grouped.rotations.get(session) ?? []).filter((each) => each !== refusal && mayBeReuse(each, grouped));
  const again = (grouped.redemptions.get(session) ?? []).filter(
    (each) => each !== refusal && (grouped.redemptionsOf.get(each.code)?.length ?? 0) > 1,
  );
  return [...ends, ...reuses, ...again].some(mayBeCause);
}

const lost = (law: Law, words: string, operation: Operation): Anomaly => ({ law, words, operations: [operation] });

export const isRefused = ({ outcome }: Operation) => outcome === 'refused';

function tokens(history: readonly Operation[], grouped: Grouped): Anomaly[] {
  const rotations = ofKind(history, 'rotate').filter((each) => isRefused(each) && !mayBeReuse(each, grouped));
  const uses = ofKind(history, 'use').filter(isRefused);
  return [...rotations, ...uses]
    .filter((refusal) => !mayHaveEnded(refusal.family, refusal, grouped))
    .map((refusal) => lost('token lost', `${refusal.kind} of ${refusal.family} was refused, and nothing had ended it`, refusal));
}

function codes(history: readonly Operation[], grouped: Grouped): Anomaly[] {
  const issued = new Map(ofKind(history, 'authorize').map((operation) => [operation.code, operation]));
  return ofKind(history, 'redeem')
    .filter(isRefused)
    .flatMap((refusal) => {
      const authorization = issued.get(refusal.code);
      const expired = !authorization || refusal.answered > authorization.invoked + grouped.rules.codeLifeMs;
      const tried = (grouped.redemptionsOf.get(refusal.code) ?? []).some((each) => each !== refusal && mayPrecede(each, refusal));
      if (expired || tried || mayHaveEnded(refusal.code, refusal, grouped)) return [];
      return [lost('authorization code lost', `${refusal.code} was refused, and nothing had used or ended it`, refusal)];
    });
}

function sessions(history: readonly Operation[], grouped: Grouped): Anomaly[] {
  return ofKind(history, 'authorize')
    .filter(isRefused)
    .flatMap((refusal) => {
      const { session } = refusal;
      const signedOut = (grouped.signOuts.get(session) ?? []).some((end) => mayPrecede(end, refusal));
      return signedOut ? [] : [lost('session lost', `${session} was asked to sign in, and nothing had ended it`, refusal)];
    });
}

/** A read must show a change that may still have been in force: not refused, and no later one acknowledged in between. */
function changes(history: readonly Operation[]): Anomaly[] {
  const decisions = groupBy(ofKind(history, 'consent').filter(mayBeDone), ({ person }) => person);
  return ofKind(history, 'claims')
    .filter(({ outcome }) => outcome === 'ok')
    .flatMap((read) => {
      const writes = decisions.get(read.person) ?? [];
      return items.flatMap((item) => {
        const shown = read.shares[item];
        const ofItem = writes.filter(({ shares }) => shares[item] !== undefined);
        const candidates = ofItem.filter(
          (write) => mayPrecede(write, read) && !ofItem.some((later) => surelyPrecedes(later, read) && lastMoment(write) < later.invoked),
        );
        if (shown === undefined || candidates.length === 0 || candidates.some(({ shares }) => shares[item] === shown)) return [];
        const words = `${item} of ${read.person} was ${String(shown)}, and was decided to be ${String(!shown)}`;
        return [{ law: 'change lost' as const, words, operations: [...candidates, read] }];
      });
    });
}

export function findChangeAnomalies(history: readonly Operation[], rules: Rules): Anomaly[] {
  const grouped = group(history, rules);
  return [...tokens(history, grouped), ...codes(history, grouped), ...sessions(history, grouped), ...changes(history)];
}
