// A relying party, or an API, that caches the issuer's keys: it asks for them when its copy is too old, and never before.
import { type Claims, verifyJwt } from './jwt.ts';

export type CachingVerifier = ReturnType<typeof createCachingVerifier>;

/** `urls`: nodes of the issuer, asked in turn. */
export function createCachingVerifier(urls: readonly string[], cacheSeconds: number) {
  let copy: Promise<Claims[]> | undefined;
  let copiedAt = 0;
  let asked = 0;

  async function ask(): Promise<Claims[]> {
    const url = urls[asked % urls.length] as string;
    asked += 1;
    const answer = await fetch(`${url}/oidc/jwks`);
    return ((await answer.json()) as { keys: Claims[] }).keys;
  }

  return {
    /** Undefined: the token is good, or too old to be shown to anybody. Otherwise why it was rejected. */
    async findFault(token: string): Promise<string | undefined> {
      if (!copy || Date.now() - copiedAt >= cacheSeconds * 1000) {
        copiedAt = Date.now();
        copy = ask();
      }
      const keys = await copy;
      try {
        verifyJwt(token, keys);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  };
}
