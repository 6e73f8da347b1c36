// The relying party's half of every flow, the same at every contender: what it asks for, and what it does with the answers.
import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Connection } from '../load/connection.ts';
import { openBrowser, type Browser } from '../load/browser.ts';
import { clients, type Site } from '../site.ts';

export type Tokens = { access_token: string; refresh_token?: string; id_token?: string };
type Credentials = { client_id: string; client_secret: string };

const [redirectUri = ''] = clients.web.redirect_uris;

/** RFC 6749, 2.3.1. */
export function basic({ client_id: id, client_secret: secret }: Credentials): { Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

function authorizationPath({ endpoints }: Site, more: Record<string, string>): { path: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: clients.web.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    state: 'state',
    nonce: 'nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  return { path: `${endpoints.authorize}?${query.toString()}`, verifier };
}

/** @throws what the server said instead */
export function expectJson<T>(answer: Answer, member: string): T {
  const body = answer.status === 200 ? (JSON.parse(answer.text) as Record<string, unknown>) : undefined;
  if (body?.[member] === undefined) throw new Error(`no ${member}: ${answer.status} ${answer.text.slice(0, 500)}`);
  return body as T;
}

export async function askUserinfo(site: Site, connection: Connection, token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await connection.send({ method: 'GET', path: site.endpoints.userinfo, headers });
  expectJson(answer, 'email');
}

export async function askToken(site: Site, connection: Connection, { as, fields }: { as: Credentials; fields: Record<string, string> }) {
  const body = new URLSearchParams(fields).toString();
  return connection.send({ method: 'POST', path: site.endpoints.token, headers: { Accept: 'application/json', ...basic(as) }, body });
}

async function redeem(site: Site, connection: Connection, { callback, verifier }: { callback: string; verifier: string }): Promise<Tokens> {
  const code = URL.parse(callback)?.searchParams.get('code');
  if (!code) throw new Error(`no code: ${callback}`);
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  const tokens = expectJson<Tokens>(await askToken(site, connection, { as: clients.web, fields }), 'id_token');
  await askUserinfo(site, connection, tokens.access_token);
  return tokens;
}

/** From the authorization request to the claims: through the pages where there is no session, else straight on. */
export async function signIn(
  site: Site,
  connection: Connection,
  {
    browser = openBrowser(connection, site.origin),
    person,
    params = {},
  }: { browser?: Browser; person?: string; params?: Record<string, string> },
): Promise<{ tokens: Tokens; browser: Browser }> {
  const { path, verifier } = authorizationPath(site, params);
  let page = await browser.get(path);
  if (page.location === undefined && person !== undefined) page = await site.walk(browser, page, person);
  if (page.location === undefined) throw new Error(`no way on: ${page.status} ${page.path}\n${page.text.slice(0, 2000)}`);
  return { tokens: await redeem(site, connection, { callback: page.location, verifier }), browser };
}
