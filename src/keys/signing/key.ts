// Signing keys as they are kept, and what each of them is at a given moment. Times alone decide: a key begins to sign, and leaves, on every
// node by itself, and nobody has to be there at that second.

export type Algorithm = 'ES256' | 'RS256' | 'EdDSA';

/** A private JSON Web Key (RFC 7517). */
export type PrivateJwk = { kid: string; alg: string; kty: string; [member: string]: unknown };

/** Times are milliseconds since the epoch. */
export type SigningKey = {
  alg: Algorithm;
  jwk: PrivateJwk;
  source: 'made' | 'imported';
  /** Since then it has been published. */
  madeAt: number;
  /** From then on it signs, and its predecessor does not. */
  signsFrom: number;
  /** When the settings stopped naming its algorithm. */
  droppedAt?: number;
  /** The longest life of what it signs. */
  keepSeconds: number;
};

/** All that are published, and the thumbprints (RFC 7638) of all that ever came from the secrets: one that has left never comes back. */
export type KeySet = { keys: readonly SigningKey[]; imported: readonly string[] };

export type KeyState = 'next' | 'signing' | 'retired';

/** What an operator may know of a key. */
export type KeyInfo = {
  kid: string;
  alg: Algorithm;
  state: KeyState;
  source: SigningKey['source'];
  madeAt: number;
  signsFrom: number;
  /** Undefined: nobody knows yet. */
  signsUntil?: number;
  /** From then on nothing that it signed is alive; it is no longer published. */
  publishedUntil?: number;
};

/** Nodes look for news every 5 s and their clocks differ by 5 s at most; relying parties allow for some skew, too. */
const marginSeconds = 60;

/** When a key's successor signs, or its algorithm was dropped; undefined while neither is in sight. */
function endOf({ keys }: KeySet, key: SigningKey): number | undefined {
  const later = keys.filter((other) => other.alg === key.alg && other.signsFrom > key.signsFrom).map(({ signsFrom }) => signsFrom);
  const ends = [...later, key.droppedAt].filter((time) => time !== undefined);
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

export function describeKey(set: KeySet, key: SigningKey, now: number): KeyInfo {
  const { alg, source, madeAt, signsFrom, keepSeconds } = key;
  const signsUntil = endOf(set, key);
  const publishedUntil = signsUntil === undefined ? undefined : signsUntil + (keepSeconds + marginSeconds) * 1000;
  const state = signsFrom > now ? 'next' : signsUntil !== undefined && signsUntil <= now ? 'retired' : 'signing';
  return { kid: key.jwk.kid, alg, state, source, madeAt, signsFrom, signsUntil, publishedUntil };
}

/** Those of one algorithm together, newest first. */
export function describeKeys(set: KeySet, now: number): KeyInfo[] {
  return set.keys.map((key) => describeKey(set, key, now)).toSorted((a, b) => a.alg.localeCompare(b.alg) || b.signsFrom - a.signsFrom);
}

export const isGone = (info: KeyInfo, now: number): boolean => info.publishedUntil !== undefined && info.publishedUntil <= now;

/**
 * What is published and signed with at that moment: for each algorithm the key that signs comes first, and the next one last. Where an
 * older node's settings still name an algorithm that was dropped, its newest key goes on signing: it is published all the same.
 */
export function publish(set: KeySet, now: number): { keys: PrivateJwk[] } {
  const byKid = new Map(set.keys.map((key) => [key.jwk.kid, key]));
  const alive = describeKeys(set, now).filter((info) => !isGone(info, now));
  const ordered = [...alive.filter(({ state }) => state !== 'next'), ...alive.filter(({ state }) => state === 'next')];
  return { keys: ordered.map(({ kid, alg }) => ({ ...(byKid.get(kid) as SigningKey).jwk, alg, use: 'sig' })) };
}
