// How a set of signing keys changes: rules only, each from one set to the next. Whoever calls writes the result in one step, or not at all.
import { describeKey, isGone, type Algorithm, type KeyInfo, type KeySet, type PrivateJwk, type SigningKey } from './key.ts';
import { thumbprint } from './make.ts';
import type { SigningRules } from './rules.ts';

/** Expected: the operator is told why, in these words. */
export class SigningKeyError extends Error {}

/** A rotation that can't wait: every node has read of the new key by then, also one whose clock is 5 s ahead. */
export const noticeSeconds = 15;

const day = 86_400_000;

export const empty: KeySet = { keys: [], imported: [] };

const ofAlgorithm = ({ keys }: KeySet, alg: Algorithm) => keys.filter((key) => key.alg === alg);
const newestOf = (set: KeySet, alg: Algorithm) =>
  ofAlgorithm(set, alg).reduce<SigningKey | undefined>(
    (newest, key) => (newest && newest.signsFrom >= key.signsFrom ? newest : key),
    undefined,
  );

/**
 * Takes over keys that stand in the secrets and were never seen. Of an algorithm that has no key yet the first one signs at once, and the
 * others are published as if they had been retired now; beside keys of the store, a new one is the next.
 */
export function adopt(set: KeySet, given: readonly PrivateJwk[], { now, rules }: { now: number; rules: SigningRules }): KeySet {
  const known = new Set(set.imported);
  const fresh = given.map((jwk) => ({ jwk, alg: jwk.alg as Algorithm, print: thumbprint(jwk) })).filter(({ print }) => !known.has(print));
  if (fresh.length === 0) return set;
  const adopted = fresh.map(({ jwk, alg }, at): SigningKey => {
    if (set.keys.some((key) => key.jwk.kid === jwk.kid))
      throw new SigningKeyError(`secrets.signingKeys: another key is called "${jwk.kid}" in the store. Give the new one a new kid.`);
    const isFirst = fresh.findIndex((other) => other.alg === alg) === at;
    const lead = newestOf(set, alg) ? rules.publishSeconds * 1000 : 0;
    const signsFrom = now + (isFirst ? lead : -1 - at);
    return { alg, jwk, source: 'imported', madeAt: now, signsFrom, keepSeconds: rules.keepSeconds };
  });
  return { keys: [...set.keys, ...adopted], imported: [...set.imported, ...fresh.map(({ print }) => print)] };
}

/** What the settings say now: longer lives are kept in mind, and keys of algorithms that are no longer named stop signing. */
export function heed(set: KeySet, rules: SigningRules, now: number): KeySet {
  return {
    ...set,
    keys: set.keys.map((key) => {
      const { droppedAt = now, ...rest } = key;
      const heeded = { ...rest, keepSeconds: Math.max(key.keepSeconds, rules.keepSeconds) };
      return rules.algorithms.includes(key.alg) ? heeded : { ...heeded, droppedAt };
    }),
  };
}

/** What has no key that signs: it needs one at once. */
export function findMissing(set: KeySet, rules: SigningRules): Algorithm[] {
  return rules.algorithms.filter((alg) => ofAlgorithm(set, alg).length === 0);
}

/** Whose key has signed long enough, so that its successor should be published. */
export function findOld(set: KeySet, rules: SigningRules, now: number): Algorithm[] {
  if (rules.rotateDays === 0) return [];
  return rules.algorithms.filter((alg) => {
    const newest = newestOf(set, alg);
    return newest && newest.signsFrom + rules.rotateDays * day - rules.publishSeconds * 1000 <= now;
  });
}

export function add(set: KeySet, jwk: PrivateJwk, times: { now: number; inSeconds: number; keepSeconds: number }): KeySet {
  const { now, inSeconds, keepSeconds } = times;
  const key: SigningKey = {
    alg: jwk.alg as Algorithm,
    jwk,
    source: 'made',
    madeAt: now,
    signsFrom: now + inSeconds * 1000,
    // The command line may know other settings than the nodes.
    keepSeconds: Math.max(keepSeconds, ...ofAlgorithm(set, jwk.alg as Algorithm).map((other) => other.keepSeconds)),
  };
  return { ...set, keys: [...set.keys, key] };
}

/** What nobody needs any more goes, private part and all. */
export function prune(set: KeySet, now: number): KeySet {
  const keys = set.keys.filter((key) => !isGone(describeKey(set, key, now), now));
  return keys.length === set.keys.length ? set : { ...set, keys };
}

/** All that sign, or the one that is named. @throws {SigningKeyError} where there is none */
export function chooseAlgorithms(set: KeySet, named: string | undefined, now: number): Algorithm[] {
  const signing = set.keys.filter((key) => describeKey(set, key, now).state === 'signing').map(({ alg }) => alg);
  if (signing.length === 0) throw new SigningKeyError('There are no signing keys yet: the first start of a node makes them.');
  const chosen = signing.filter((alg) => named === undefined || alg === named);
  if (chosen.length === 0)
    throw new SigningKeyError(`No ${named} key signs; ${signing.join(' and ')} do. signingKeys.algorithms names them.`);
  return chosen;
}

/** Two successors at once would leave nobody sure which of them signs. @throws {SigningKeyError} */
export function refuseSecond({ jwk, signsFrom }: SigningKey): never {
  const when = new Date(signsFrom).toISOString();
  throw new SigningKeyError(`${jwk.kid} is published already, and signs from ${when} on. --now hastens it.`);
}

/** The key that waits to sign. */
export const findNext = (set: KeySet, alg: Algorithm, now: number): SigningKey | undefined =>
  ofAlgorithm(set, alg).find(({ signsFrom }) => signsFrom > now);

/** Lets a key that is published already sign from `signsFrom` on, if that is sooner. */
export function hasten(set: KeySet, kid: string, signsFrom: number): KeySet {
  const sooner = (key: SigningKey) => (key.jwk.kid === kid ? { ...key, signsFrom: Math.min(key.signsFrom, signsFrom) } : key);
  return { ...set, keys: set.keys.map(sooner) };
}

/**
 * Takes a key away. Where it signed, its successor signs at once, if there is one: an older key never comes back.
 * @throws {SigningKeyError} while tokens that it signed may be alive, or it is about to sign, unless it is forced
 */
export function retire(set: KeySet, kid: string, { now, force }: { now: number; force: boolean }): { set: KeySet; orphan?: Algorithm } {
  const key = set.keys.find(({ jwk }) => jwk.kid === kid);
  if (!key) throw new SigningKeyError(`There is no signing key "${kid}". \`latchkey keys list\` shows them.`);
  const info = describeKey(set, key, now);
  if (!force) refuseNeeded(info, now);
  const rest = { ...set, keys: set.keys.filter((other) => other !== key) };
  if (info.state !== 'signing') return { set: rest };
  const next = findNext(rest, key.alg, now);
  return next ? { set: hasten(rest, next.jwk.kid, now) } : { set: rest, orphan: key.alg };
}

function refuseNeeded(info: KeyInfo, now: number): void {
  const { kid, state, signsFrom, publishedUntil = now } = info;
  const forced = 'With --force it goes at once, and what it signed is no longer accepted.';
  if (state === 'signing') throw new SigningKeyError(`${kid} signs now. \`latchkey keys rotate\` brings its successor first. ${forced}`);
  if (state === 'retired' && publishedUntil > now)
    throw new SigningKeyError(`${kid} is needed until ${new Date(publishedUntil).toISOString()}, then it goes by itself. ${forced}`);
  if (state === 'next' && signsFrom <= now + noticeSeconds * 1000)
    throw new SigningKeyError(`${kid} begins to sign in a moment. ${forced}`);
}
