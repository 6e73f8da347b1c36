// Keyed hashes (HMAC-SHA-256, RFC 2104) over labelled parts, so that no two meanings ever share an input.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Parts are length-prefixed: ('a', 'bc') and ('ab', 'c') differ. */
export function mac(key: KeyObject, label: string, parts: readonly string[]): Buffer {
  const hmac = createHmac('sha256', key).update(label);
  for (const part of parts) hmac.update(`\0${Buffer.byteLength(part)}:${part}`);
  return hmac.digest();
}

/** What rows are found by: 144 bits in base64url, so that a dump without the key names nobody. */
export type Lookup = (label: string, ...parts: string[]) => string;

export function createLookup(key: KeyObject): Lookup {
  return (label, ...parts) => mac(key, label, parts).toString('base64url', 0, 18);
}

/** Compares in a time that depends on neither value (both are hashed first, so lengths don't matter either). */
export function equals(key: KeyObject, a: string, b: string): boolean {
  return timingSafeEqual(mac(key, 'equals', [a]), mac(key, 'equals', [b]));
}
