// Signs and checks cookies for Koa and for the protocol library: the shape that `cookies` expects of its `keys`.
import { createHmac, timingSafeEqual } from 'node:crypto';
import QuickLRU from 'quick-lru';
import type { Ring } from './rings.ts';

/** Ours are shorter. */
const longestRemembered = 512;

export type CookieSignatures = {
  sign(data: string): string;
  verify(data: string, digest: string): boolean;
  /** Which key of the ring signed; -1: none. Above 0 the cookie is signed anew. */
  index(data: string, digest: string): number;
};

export function createCookieSignatures(ring: Ring): CookieSignatures {
  const digests = (at: number, data: string) =>
    createHmac('sha256', (ring[at] as Ring[0]).key)
      .update(data)
      .digest();
  /** Of cookies that the current key has signed, and browsers bring with every request. */
  const known = new QuickLRU<string, Buffer>({ maxSize: 4096 });

  const matches = (given: Buffer, expected: Buffer) => given.length === expected.length && timingSafeEqual(given, expected);

  function index(data: string, digest: string): number {
    const given = Buffer.from(digest, 'base64url');
    const signed = known.get(data);
    if (signed && matches(given, signed)) return 0;
    return ring.findIndex((_, at) => {
      const expected = digests(at, data);
      if (!matches(given, expected)) return false;
      if (at === 0) remember(data, expected);
      return true;
    });
  }

  function remember(data: string, digest: Buffer): void {
    if (data.length <= longestRemembered) known.set(data, digest);
  }

  function sign(data: string): string {
    const digest = digests(0, data);
    remember(data, digest);
    return digest.toString('base64url');
  }

  return {
    sign,
    verify: (data, digest) => index(data, digest) !== -1,
    index,
  };
}
