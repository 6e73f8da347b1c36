// Signing keys that a test brings along: an RSA key takes a while to make, and one is enough for all programs of a file.
import type { PrivateJwk } from '../../src/keys/signing/key.ts';
import { makeSigningKey } from '../../src/keys/signing/make.ts';

export const someSigningKeys: { keys: PrivateJwk[] } = { keys: await Promise.all([makeSigningKey('ES256'), makeSigningKey('RS256')]) };
