// A relying party by hand: asks, receives, redeems. Only standard endpoints, found through discovery.
import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Browser } from './browser.ts';
import { clientMetadata } from './program.ts';

export type Client = { client_id: string; client_secret?: string; redirect_uris: readonly string[] };
export type Tokens = { access_token: string; id_token: string; refresh_token?: string; scope: string; expires_in: number };
export type TokenAnswer = { status: number; body: Tokens & { error?: string; error_description?: string } };

export type RelyingParty = Awaited<ReturnType<typeof createRelyingParty>>;

export function decodeJwt(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** `url`: the node to talk to, where it differs from the issuer. */
export async function createRelyingParty(issuer: string, client: Client = clientMetadata.web, url = issuer) {
  const metadata = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
  const at = (endpoint: string) => (metadata[endpoint] as string).replace(issuer, url);
  const [redirectUri = ''] = client.redirect_uris;

  /** An authorization request; `verifier` goes with the redemption. */
  function request(params: Record<string, string> = {}) {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email',
      state: randomBytes(8).toString('hex'),
      nonce: randomBytes(8).toString('hex'),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...params,
    });
    return { url: `${at('authorization_endpoint')}?${query.toString()}`, verifier, query };
  }

  function authentication(): Record<string, string> {
    if (!client.client_secret) return {};
    return { authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}` };
  }

  async function token(params: Record<string, string>): Promise<TokenAnswer> {
    const response = await fetch(at('token_endpoint'), {
      method: 'POST',
      headers: authentication(),
      body: new URLSearchParams({ ...(client.client_secret ? {} : { client_id: client.client_id }), ...params }),
    });
    return { status: response.status, body: (await response.json()) as TokenAnswer['body'] };
  }

  /** What came back at the redirect URI. */
  function readCallback(answer: Answer): Record<string, string> {
    if (!answer.location?.startsWith(redirectUri)) throw new Error(`not at the callback but at ${answer.url} (${answer.status})`);
    return Object.fromEntries(new URL(answer.location).searchParams);
  }

  async function ask(endpoint: string, init: RequestInit): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(at(endpoint), init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Opens the request in a browser; the answer is the first page, or the callback's redirect. */
  async function begin(browser: Browser, params: Record<string, string> = {}) {
    const { url: where, verifier } = request(params);
    return { answer: await browser.open(where), verifier };
  }

  const redeem = (code: string, verifier: string) =>
    token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier });

  return {
    metadata,
    request,
    token,
    redeem,
    readCallback,
    refresh: (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    userinfo: (accessToken: string) => ask('userinfo_endpoint', { headers: { authorization: `Bearer ${accessToken}` } }),
    introspect: (accessToken: string) =>
      ask('introspection_endpoint', { method: 'POST', headers: authentication(), body: new URLSearchParams({ token: accessToken }) }),
    begin,
    /** A request with `prompt=none`: what came back without a page. */
    async silently(browser: Browser, params: Record<string, string> = {}) {
      return readCallback((await begin(browser, { ...params, prompt: 'none' })).answer);
    },
  };
}
