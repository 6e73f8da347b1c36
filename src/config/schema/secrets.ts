// Keys and peppers. Made in the data folder on the first start in development; production must bring them.
import { z } from 'zod';
import { group, setting } from './setting.ts';

const key = z.string().regex(/^[A-Za-z0-9_-]{43,}$/, 'must be at least 32 random bytes in base64url');
/** The first one is used for new data, all of them are accepted. */
const ring = z.array(z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,16}$/), key })).min(1);

export const secrets = group({
  sealingKeys: setting(ring.optional(), 'Seals what is stored (AES-256-GCM). A ring: the first seals, all open.', { env: 'SEALING_KEYS', secret: true }),
  codePeppers: setting(ring.max(2).optional(), 'Derives one-time codes. A ring of at most two.', { env: 'CODE_PEPPERS', secret: true }),
  cookieKeys: setting(ring.optional(), 'Signs cookies and forms. A ring.', { env: 'COOKIE_KEYS', secret: true }),
  lookupKey: setting(key.optional(), 'Hashes what rows are found by (addresses, token ids). Never rotated.', { env: 'LOOKUP_KEY', secret: true }),
  subjectKey: setting(key.optional(), 'Derives `sub`. Never rotated.', { env: 'SUBJECT_KEY', secret: true }),
  signingKeys: setting(z.strictObject({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1) }).optional(), 'The private JSON Web Key Set that signs tokens: one ES256 and one RS256 key.', {
    env: 'SIGNING_KEYS',
    secret: true,
  }),
});
