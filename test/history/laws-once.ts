// What may happen once: a code's success, a refresh token's child, a number's and an account's owner.
import type { Anomaly, Law, Rules } from './laws.ts';
import { groupBy, type Of, ofKind, type Operation } from './operation.ts';

const isOk = ({ outcome }: Operation) => outcome === 'ok';

function oneTimeCodes(history: readonly Operation[], { doubleSubmitMs }: Rules): Anomaly[] {
  const typed = ofKind(history, 'verify').filter(isOk);
  return [...groupBy(typed, ({ code }) => code)].flatMap(([code, successes]) => {
    const [first, ...others] = successes.toSorted((a, b) => a.answered - b.answered);
    const later = others.filter(({ invoked }) => first !== undefined && invoked > first.answered + doubleSubmitMs);
    return later.map((again) => ({
      law: 'one-time code used twice' as const,
      words: `${code} was accepted again after ${again.invoked - (first?.answered ?? 0)} ms`,
      operations: [first, again].filter((each) => each !== undefined),
    }));
  });
}

function authorizationCodes(history: readonly Operation[]): Anomaly[] {
  const successes = groupBy(ofKind(history, 'redeem').filter(isOk), ({ code }) => code);
  return [...successes].flatMap(([code, operations]) =>
    operations.length > 1
      ? [{ law: 'authorization code used twice' as const, words: `${code} was redeemed ${operations.length} times`, operations }]
      : [],
  );
}

/** From when on a parent must not be accepted any more: its grace is over, or its child has been used. */
function endOfGrace(rotations: readonly Of<'rotate'>[], uses: ReadonlyMap<string, Of<'rotate'>[]>, { retryMs }: Rules): number {
  const ok = rotations.filter(isOk);
  const dated = Math.min(...ok.map(({ answered }) => answered)) + retryMs;
  const used = ok.flatMap(({ child }) => (child === undefined ? [] : (uses.get(child) ?? []))).filter(isOk);
  return Math.min(dated, ...used.map(({ answered }) => answered));
}

function children(history: readonly Operation[], rules: Rules): Anomaly[] {
  const uses = groupBy(ofKind(history, 'rotate'), ({ token }) => token);
  return [...uses].flatMap(([token, rotations]): Anomaly[] => {
    const ok = rotations.filter(isOk);
    const distinct = new Set(ok.map(({ child }) => child));
    const end = endOfGrace(rotations, uses, rules);
    const late = ok.filter(({ invoked }) => invoked > end);
    return [
      ...(distinct.size > 1
        ? [{ law: 'refresh token with two children' as const, words: `${token} has ${distinct.size}`, operations: ok }]
        : []),
      ...late.map((again) => ({
        law: 'refresh token used again after its child' as const,
        words: `${token} was accepted ${again.invoked - end} ms after its end`,
        operations: [...ok.filter((each) => each !== again), again],
      })),
    ];
  });
}

type Claim = { owner: string; operation: Operation };

function owners(law: Law, what: string, claims: ReadonlyMap<string, Claim[]>): Anomaly[] {
  return [...claims].flatMap(([key, each]) => {
    const people = [...new Set(each.map(({ owner }) => owner))];
    const words = `${what} ${key} belongs to ${people.join(' and ')}`;
    return people.length > 1 ? [{ law, words, operations: each.map(({ operation }) => operation) }] : [];
  });
}

function numbers(history: readonly Operation[]): Anomaly[] {
  const linked = ofKind(history, 'link')
    .filter(isOk)
    .map((operation) => ({ key: operation.number, owner: operation.person, operation }));
  const shown = ofKind(history, 'claims')
    .filter(isOk)
    .flatMap((operation) => (operation.number === undefined ? [] : [{ key: operation.number, owner: operation.person, operation }]));
  const claims = groupBy([...linked, ...shown], ({ key }) => key);
  return owners('number with two owners', 'number', claims);
}

/** One subject for two people: somebody was signed in to another's account. Two for one: the account was lost. */
function accounts(history: readonly Operation[]): Anomaly[] {
  const known = ofKind(history, 'redeem').filter((operation) => isOk(operation) && operation.sub !== undefined);
  const bySubject = groupBy(
    known.map((operation) => ({ sub: operation.sub ?? '', owner: operation.person, operation })),
    ({ sub }) => sub,
  );
  const byPerson = groupBy(
    known.map((operation) => ({ person: operation.person, owner: operation.sub ?? '', operation })),
    ({ person }) => person,
  );
  return [...owners('account with two owners', 'account', bySubject), ...owners('account lost', 'person', byPerson)];
}

export function findOnceAnomalies(history: readonly Operation[], rules: Rules): Anomaly[] {
  return [
    ...oneTimeCodes(history, rules),
    ...authorizationCodes(history),
    ...children(history, rules),
    ...numbers(history),
    ...accounts(history),
  ];
}
