// A provider as the load sees it: where its endpoints are, and how a person gets through its pages. Relying parties are the same at each.
import type { Browser, Page } from './load/browser.ts';
import type { Connection } from './load/connection.ts';

export type Site = {
  origin: string;
  /** Absolute paths at the origin. */
  endpoints: { authorize: string; token: string; userinfo: string; introspection: string };
  connect(): Connection;
  /** From the first page to the redirect to the relying party, as `person`. */
  walk(browser: Browser, page: Page, person: string): Promise<Page>;
  /** People who had an account before the bench began. */
  residents?: Residents;
};

export type Residents = {
  /** The email of anyone, nobody's twice: the program makes people wait for a second code. Undefined: everybody's was. */
  drawEmail(): string | undefined;
  /** The cookies (as they were set) of anyone's browser that is signed in. */
  drawSession(): string[];
};

/** What the relying parties of every contender are registered with. */
export const clients = {
  web: {
    client_id: 'bench',
    client_secret: 'bench-secret-bench-secret-bench-secret-bench',
    redirect_uris: ['http://127.0.0.1:9/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    id_token_signed_response_alg: 'ES256',
  },
  machine: {
    client_id: 'machine',
    client_secret: 'machine-secret-machine-secret-machine-secret',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    scope: 'orders:read',
  },
};

/** The API that access tokens of machines are for: JWTs, ES256 (RFC 9068, RFC 8707). */
export const api = { resource: 'https://api.example.com/', scope: 'orders:read', accessTokenSeconds: 600 };

export type Discovery = Record<'authorization_endpoint' | 'token_endpoint' | 'userinfo_endpoint' | 'introspection_endpoint', string>;

export function readEndpoints(discovery: Discovery): Site['endpoints'] {
  const pathOf = (url: string) => new URL(url).pathname;
  return {
    authorize: pathOf(discovery.authorization_endpoint),
    token: pathOf(discovery.token_endpoint),
    userinfo: pathOf(discovery.userinfo_endpoint),
    introspection: pathOf(discovery.introspection_endpoint),
  };
}
