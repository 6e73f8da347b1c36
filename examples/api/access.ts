// What an API does with an access token: checks it by itself (RFC 9068, 4), then looks at how the person signed in. Where that is
// not enough for what is asked, it says what would be (RFC 9470), and the app sends the person to sign in once more.
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';

/** What one operation asks of a token, beyond that it is for this API. */
export type Demand = {
  scope: string;
  /** Any of these will do. */
  acrValues?: readonly string[];
  /** Seconds since the person proved who they are, at most. */
  maxAge?: number;
};

export type AccessToken = JWTPayload & { sub: string; client_id: string; scope?: string; acr?: string; auth_time?: number };

/** The answer to a request that may not be served: its status, and the header that says why. */
export class Challenge extends Error {
  readonly status: number;
  readonly header: string;

  constructor(status: number, parameters: Record<string, string | number | undefined>) {
    super(String(parameters.error ?? 'no access token'));
    this.status = status;
    const named = Object.entries(parameters).filter(([, value]) => value !== undefined);
    this.header = `Bearer ${named.map(([name, value]) => `${name}="${value}"`).join(', ')}`.trim();
  }
}

type Settings = { issuer: string; audience: string };

export async function createAccess({ issuer, audience }: Settings) {
  const metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as { jwks_uri: string };
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));

  async function read(authorization: string | undefined): Promise<AccessToken> {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw new Challenge(401, {});
    try {
      const { payload } = await jwtVerify<AccessToken>(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] });
      return payload;
    } catch (error) {
      // That the issuer's keys can't be had is no fault of the token's.
      if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) throw error;
      throw new Challenge(401, { error: 'invalid_token', error_description: 'the access token is not valid here' });
    }
  }

  /** @throws {Challenge} */
  return async function check(authorization: string | undefined, { scope, acrValues, maxAge }: Demand): Promise<AccessToken> {
    const token = await read(authorization);
    if (!token.scope?.split(' ').includes(scope)) throw new Challenge(403, { error: 'insufficient_scope', scope });
    const isStrong = acrValues === undefined || acrValues.includes(token.acr ?? '');
    const isFresh = maxAge === undefined || Date.now() / 1000 - (token.auth_time ?? 0) <= maxAge;
    if (!isStrong || !isFresh) {
      throw new Challenge(401, {
        error: 'insufficient_user_authentication',
        error_description: isStrong ? 'it is too long ago that the person signed in' : 'a stronger sign-in is needed',
        acr_values: acrValues?.join(' '),
        max_age: maxAge,
      });
    }
    return token;
  };
}
