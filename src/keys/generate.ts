// Makes a whole set of secrets: what a first start in development needs, and what production is given once.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { Secrets } from './keys.ts';

/** 256 random bits in base64url. */
const makeKey = (): string => randomBytes(32).toString('base64url');

/** A ring of one; ids are random, so that rings of two machines never share one by chance. */
const makeRing = () => [{ id: randomBytes(4).toString('hex'), key: makeKey() }];

function toJwk(alg: 'ES256' | 'RS256', privateKey: KeyObject): JsonWebKey {
  return { kid: randomBytes(9).toString('base64url'), alg, use: 'sig', ...privateKey.export({ format: 'jwk' }) };
}

export function generateSecrets(): Secrets {
  return {
    sealingKeys: makeRing(),
    codePeppers: makeRing(),
    cookieKeys: makeRing(),
    lookupKey: makeKey(),
    subjectKey: makeKey(),
    signingKeys: {
      keys: [
        toJwk('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
        toJwk('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
      ],
    },
  };
}
