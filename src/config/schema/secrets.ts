// Keys and peppers. Made in the data folder on the first start in development; production must bring them. What signs is in the store.
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { group, setting } from './setting.ts';

const key = z.string().regex(/^[A-Za-z0-9_-]{43,}$/, 'must be at least 32 random bytes in base64url');

/** The first one is used for new data, all of them are accepted. */
const ring = z
  .array(z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,16}$/, 'must be 1 to 16 of a-z, 0-9 and -'), key }))
  .min(1)
  .refine((entries) => new Set(entries.map(({ id }) => id)).size === entries.length, 'must not repeat an id');

const signingKey = z.looseObject({ kty: z.string(), kid: z.string().min(1), alg: z.enum(['ES256', 'RS256', 'EdDSA']) }).refine(fits, {
  // A public key or a mangled one would only show at the first sign-in.
  message: 'must be a private key that fits its alg (P-256 for ES256, RSA of 2048 bits or more for RS256, Ed25519 for EdDSA)',
});

const signingKeys = z.strictObject({
  keys: z.array(signingKey).refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'must not repeat a kid'),
});

export const secrets = group({
  sealingKeys: setting(ring.optional(), 'Seals what is stored (AES-256-GCM). A ring: the first seals, all open.', {
    env: 'SEALING_KEYS',
    secret: true,
  }),
  codePeppers: setting(ring.max(2).optional(), 'Derives one-time codes. A ring of at most two.', { env: 'CODE_PEPPERS', secret: true }),
  cookieKeys: setting(ring.optional(), 'Signs cookies and forms. A ring.', { env: 'COOKIE_KEYS', secret: true }),
  lookupKey: setting(key.optional(), 'Hashes what rows are found by (addresses, token ids). Never rotated.', {
    env: 'LOOKUP_KEY',
    secret: true,
  }),
  subjectKey: setting(key.optional(), 'Derives `sub`. Never rotated.', { env: 'SUBJECT_KEY', secret: true }),
  signingKeys: setting(
    signingKeys.optional(),
    'Private keys of your own that shall sign tokens, as a JSON Web Key Set, each with `kid` and `alg`: taken over into the store at the next start, once. Without any, keys are made there.',
    { env: 'SIGNING_KEYS', secret: true },
  ),
});

function fits(jwk: { alg: string; [member: string]: unknown }): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey({ key: jwk, format: 'jwk' });
    if (jwk.alg === 'ES256') return asymmetricKeyDetails?.namedCurve === 'prime256v1';
    if (jwk.alg === 'EdDSA') return asymmetricKeyType === 'ed25519';
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}
