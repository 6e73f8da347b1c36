// Sealing: what is stored is encrypted and bound to its place (AES-256-GCM, NIST SP 800-38D; the place is the associated data).
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import QuickLRU from 'quick-lru';
import { findKey, type Ring } from './rings.ts';

const ivBytes = 12;
const tagBytes = 16;

// 96-bit IVs are random; drawing them in blocks saves a system call per value.
const pool = Buffer.allocUnsafe(ivBytes * 256);
let drawn = pool.length;

function drawIv(): Buffer {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  return Buffer.from(pool.subarray(drawn, (drawn += ivBytes)));
}

export type Sealing = {
  /** `place` (kind and key of the row) must be the same at `open`, so that a sealed value can't be moved to another row. */
  seal(value: unknown, place: string): string;
  /** @throws {Error} if the text was changed, moved, or sealed by a key that is gone. */
  open<V>(sealed: string, place: string): V;
};

/** Places whose opening is remembered, and how long a text may be: 10 MB in all. */
const remembered = { texts: 1024, length: 4096 };

export function createSealing(ring: Ring): Sealing {
  const [current] = ring;
  // What differs from it in one character is opened, and refused.
  const opened = new QuickLRU<string, { sealed: string; text: string }>({ maxSize: remembered.texts });
  const remember = (sealed: string, place: string, text: string) => {
    if (sealed.length <= remembered.length) opened.set(place, { sealed, text });
  };

  return {
    seal(value, place) {
      const iv = drawIv();
      const text = JSON.stringify(value);
      const cipher = createCipheriv('aes-256-gcm', current.key, iv).setAAD(Buffer.from(place));
      const bytes = cipher.update(text, 'utf8');
      const end = cipher.final();
      const sealed = `${current.id}.${Buffer.concat([iv, bytes, end, cipher.getAuthTag()]).toString('base64url')}`;
      remember(sealed, place, text);
      return sealed;
    },
    open(sealed, place) {
      const known = opened.get(place);
      if (known?.sealed === sealed) return JSON.parse(known.text);
      const dot = sealed.indexOf('.');
      const key = findKey(ring, sealed.slice(0, dot));
      if (!key) throw new Error('sealed by a key that is not in the ring');
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url');
      const end = bytes.length - tagBytes;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(end));
      const text = decipher.update(bytes.subarray(ivBytes, end), undefined, 'utf8') + decipher.final('utf8');
      remember(sealed, place, text);
      return JSON.parse(text);
    },
  };
}
