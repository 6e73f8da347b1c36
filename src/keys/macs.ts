// Keyed hashes (HMAC-SHA-256, RFC 2104) over labelled parts, so that no two meanings ever share an input.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { createRecent } from './recent.ts';

/** Parts are length-prefixed: ('a', 'bc') and ('ab', 'c') differ. */
const input = (label: string, parts: readonly string[]) =>
  parts.reduce((text, part) => `${text}\0${Buffer.byteLength(part)}:${part}`, label);

export function mac(key: KeyObject, label: string, parts: readonly string[]): Buffer {
  return createHmac('sha256', key).update(input(label, parts)).digest();
}

/** What rows are found by: 144 bits in base64url, so that a dump without the key names nobody. */
export type Lookup = (label: string, ...parts: string[]) => string;

/** Ids are shorter; what strangers send need not be. */
const longestRemembered = 192;

export function createLookup(key: KeyObject): Lookup {
  const known = createRecent<string>(4096);
  return (label, ...parts) => {
    const text = input(label, parts);
    const asked = text.length <= longestRemembered ? text : undefined;
    const before = asked === undefined ? undefined : known.get(asked);
    if (before !== undefined) return before;
    const found = createHmac('sha256', key).update(text).digest().toString('base64url', 0, 18);
    if (asked !== undefined) known.set(asked, found);
    return found;
  };
}

/** Compares in a time that depends on neither value (both are hashed first, so lengths don't matter either). */
export function equals(key: KeyObject, a: string, b: string): boolean {
  return timingSafeEqual(mac(key, 'equals', [a]), mac(key, 'equals', [b]));
}
