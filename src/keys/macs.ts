// Keyed hashes (HMAC-SHA-256, RFC 2104) over labelled parts, so that no two meanings ever share an input.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { createRecent } from './recent.ts';

/** Parts are length-prefixed: ('a', 'bc') and ('ab', 'c') differ. */
export function mac(key: KeyObject, label: string, parts: readonly string[]): Buffer {
  const hmac = createHmac('sha256', key).update(label);
  for (const part of parts) hmac.update(`\0${Buffer.byteLength(part)}:${part}`);
  return hmac.digest();
}

/** What rows are found by: 144 bits in base64url, so that a dump without the key names nobody. */
export type Lookup = (label: string, ...parts: string[]) => string;

/** Ids are shorter; what strangers send need not be. */
const longestRemembered = 128;

export function createLookup(key: KeyObject): Lookup {
  const known = createRecent<string>(4096);
  return (label, ...parts) => {
    // No label has a NUL in it, so that a label and one part are told apart whatever the part is.
    const [part = ''] = parts;
    const asked = parts.length === 1 && part.length <= longestRemembered ? `${label}\0${part}` : undefined;
    const before = asked === undefined ? undefined : known.get(asked);
    if (before !== undefined) return before;
    const found = mac(key, label, parts).toString('base64url', 0, 18);
    if (asked !== undefined) known.set(asked, found);
    return found;
  };
}

/** Compares in a time that depends on neither value (both are hashed first, so lengths don't matter either). */
export function equals(key: KeyObject, a: string, b: string): boolean {
  return timingSafeEqual(mac(key, 'equals', [a]), mac(key, 'equals', [b]));
}
