// Keys that sign tokens, and how they are rotated (docs/operating.md).
import { z } from 'zod';
import { group, seconds, setting } from './setting.ts';

const algorithm = z.enum(['ES256', 'RS256', 'EdDSA']);

export const signingKeys = group({
  algorithms: setting(
    z
      .array(algorithm)
      .refine((names) => new Set(names).size === names.length, 'must not repeat an algorithm')
      .refine((names) => names.includes('ES256'), 'must hold ES256, which signs access tokens')
      .default(['ES256', 'RS256']),
    'The algorithms that there are keys of (ES256, RS256, EdDSA). A client names its own as `id_token_signed_response_alg`; one that names none gets RS256 (OpenID Connect Registration, 2), or ES256 where that is not in the list.',
  ),
  publishSeconds: seconds(86_400, 'How long a new key is published before it signs: longer than any relying party caches keys.'),
  cacheSeconds: seconds(300, 'How long relying parties may cache the published keys (`Cache-Control: max-age`).'),
  rotateDays: setting(
    z.int().min(0).default(90),
    'After how many days of signing a key is succeeded by a new one; 0: only by `npm run latchkey -- keys rotate`.',
  ),
  checkSeconds: setting(z.int().min(1).max(5).default(5), 'How often a node looks whether the keys in the store have changed.'),
});
