// Keyed hashes (HMAC-SHA-256, RFC 2104) over labelled parts, so that no two meanings ever share an input.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import QuickLRU from 'quick-lru';

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

export const createLookup = (key: KeyObject): Lookup => createRememberedMac(key, 18);

/** For each label, twice over. Labels are the program's own words, and few. */
const rememberedHashes = 2048;

/** What is asked for again and again in one sign-in, or with one token. @returns the first `bytes` of the hash, base64url */
export function createRememberedMac(key: KeyObject, bytes = 32): Lookup {
  const remember = () => new QuickLRU<string, string>({ maxSize: rememberedHashes });
  const ofLabel = new Map<string, QuickLRU<string, string>>();
  const ofSeveral = remember();

  function remembered(label: string): QuickLRU<string, string> {
    const hashes = ofLabel.get(label) ?? remember();
    ofLabel.set(label, hashes);
    return hashes;
  }

  return (label, ...parts) => {
    // One part, which is most, is found as it came: to put a text together, and hash it, costs as much as all the rest.
    const [hashes, text] = parts.length === 1 ? [remembered(label), parts[0]!] : [ofSeveral, input(label, parts)];
    const before = hashes.get(text);
    if (before !== undefined) return before;
    const found = createHmac('sha256', key).update(input(label, parts)).digest().toString('base64url', 0, bytes);
    if (text.length <= longestRemembered) hashes.set(text, found);
    return found;
  };
}

/** Compares in a time that says nothing of where two values differ. How long they are is no secret. */
export function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
