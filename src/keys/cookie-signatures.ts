// Signs and checks cookies for Koa and for the protocol library: the shape that `cookies` expects of its `keys`.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Ring } from './rings.ts';

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

  function index(data: string, digest: string): number {
    const given = Buffer.from(digest, 'base64url');
    return ring.findIndex((_, at) => {
      const expected = digests(at, data);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  return {
    sign: (data) => digests(0, data).toString('base64url'),
    verify: (data, digest) => index(data, digest) !== -1,
    index,
  };
}
