// Makes a signing key, beside the event loop: an RSA key takes up to a tenth of a second, now and then more.
import { createHash, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Algorithm, PrivateJwk } from './key.ts';

const generate = promisify(generateKeyPair);

const pairs: Record<Algorithm, () => Promise<{ privateKey: KeyObject }>> = {
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  RS256: () => generate('rsa', { modulusLength: 2048 }),
  EdDSA: () => generate('ed25519'),
};

/** Its id says what it is to whoever reads a token's header, and can be typed. */
export async function makeSigningKey(alg: Algorithm): Promise<PrivateJwk> {
  const { privateKey } = await pairs[alg]();
  const kid = `${alg.toLowerCase()}-${randomBytes(6).toString('hex')}`;
  return { kid, alg, use: 'sig', ...privateKey.export({ format: 'jwk' }) } as PrivateJwk;
}

/** The members that a thumbprint is made of, in their order (RFC 7638, 3.2; RFC 8037, 2). */
const members: Record<string, readonly string[]> = {
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
  OKP: ['crv', 'kty', 'x'],
};

export function thumbprint(jwk: PrivateJwk): string {
  const required = Object.fromEntries((members[jwk.kty] ?? []).map((member) => [member, jwk[member]]));
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}
