// A ring of secret keys: the first one is used for new data, all of them are accepted. Keys never leave as bytes.
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

export type RingKey = { id: string; key: KeyObject };
export type Ring = readonly [RingKey, ...RingKey[]];

/** One key for one use, derived from a configured secret (HKDF-SHA-256, RFC 5869), so that no secret serves two uses. */
export function deriveKey(secret: string, use: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', `latchkey ${use}`, 32)));
}

/** @throws {Error} on an empty ring: the configuration lets none through. */
export function createRing(secrets: readonly { id: string; key: string }[], use: string): Ring {
  const [first, ...rest] = secrets.map(({ id, key }) => ({ id, key: deriveKey(key, use) }));
  if (!first) throw new Error(`the ring for ${use} is empty`);
  return [first, ...rest];
}

export function findKey(ring: Ring, id: string): KeyObject | undefined {
  return ring.find((entry) => entry.id === id)?.key;
}
