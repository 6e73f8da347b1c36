// The secrets that the operator brings, in one room. Others ask it to seal, hash and derive; the keys stay here.
import { createCookieSignatures, type CookieSignatures } from './cookie-signatures.ts';
import { createLookup, createRememberedMac, equals, mac, type Lookup } from './macs.ts';
import { createRing, deriveKey, findKey } from './rings.ts';
import { createSealing, type Sealing } from './sealing.ts';

type RingSecret = readonly { id: string; key: string }[];

/** What the operator brings (see docs/configuration.md, secrets). */
export type Secrets = {
  sealingKeys: RingSecret;
  codePeppers: RingSecret;
  cookieKeys: RingSecret;
  lookupKey: string;
  subjectKey: string;
};

export type Keys = Sealing & {
  lookup: Lookup;
  cookies: CookieSignatures;
  /** The pepper that new codes are derived with. */
  currentPepper: string;
  /** @returns 32 bytes; undefined if the pepper has been retired. */
  pepper(id: string, label: string, parts: readonly string[]): Buffer | undefined;
  /** Derives what people and clients hold: subjects, device tags, form tokens, children of refresh tokens. 256 bits, base64url. */
  derive(use: 'subject' | 'device' | 'form' | 'refresh-child' | 'phone-pseudonym' | 'dpop-nonce', ...parts: string[]): string;
  /** Constant-time comparison. */
  equals(a: string, b: string): boolean;
};

export function createKeys(secrets: Secrets): Keys {
  const peppers = createRing(secrets.codePeppers, 'code pepper');
  const lookupKey = deriveKey(secrets.lookupKey, 'lookup');
  const subjectKey = deriveKey(secrets.subjectKey, 'subject');
  const cookieRing = createRing(secrets.cookieKeys, 'cookies');
  // Subjects and pseudonyms must survive for ever, so they hang on the key that is never rotated; refresh children and
  // device tags must survive a rotation of cookie keys, so they hang on the lookup key.
  const derivingKeys = {
    subject: subjectKey,
    'phone-pseudonym': subjectKey,
    device: lookupKey,
    'refresh-child': lookupKey,
    'dpop-nonce': lookupKey,
    form: cookieRing[0].key,
  };
  /** Neither lets anybody in by itself. */
  const remembered = { subject: createRememberedMac(subjectKey), form: createRememberedMac(derivingKeys.form) };

  return {
    ...createSealing(createRing(secrets.sealingKeys, 'sealing')),
    lookup: createLookup(lookupKey),
    cookies: createCookieSignatures(cookieRing),
    currentPepper: peppers[0].id,
    pepper(id, label, parts) {
      const key = findKey(peppers, id);
      return key && mac(key, label, parts);
    },
    derive: (use, ...parts) =>
      use === 'subject' || use === 'form' ? remembered[use](use, ...parts) : mac(derivingKeys[use], use, parts).toString('base64url'),
    equals,
  };
}
