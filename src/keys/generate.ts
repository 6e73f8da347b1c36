// Makes a whole set of secrets: what a first start in development needs, and what production is given once. What signs is made in the store.
import { randomBytes } from 'node:crypto';
import type { Secrets } from './keys.ts';

/** 256 random bits in base64url. */
const makeKey = (): string => randomBytes(32).toString('base64url');

/** A ring of one; ids are random, so that rings of two machines never share one by chance. */
const makeRing = () => [{ id: randomBytes(4).toString('hex'), key: makeKey() }];

export function generateSecrets(): Secrets {
  return {
    sealingKeys: makeRing(),
    codePeppers: makeRing(),
    cookieKeys: makeRing(),
    lookupKey: makeKey(),
    subjectKey: makeKey(),
  };
}
