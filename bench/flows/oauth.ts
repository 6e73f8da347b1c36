// The relying party's half of every flow: the request, and what is done with its answer.
import { createHash, randomBytes } from 'node:crypto';
import type { Reply, User } from '../user.ts';

export const client = { id: 'bench', secret: 'bench-secret-bench-secret-bench-secret-bench', redirectUri: 'http://127.0.0.1:9/callback' };

export type Endpoints = { authorize: string; token: string; userinfo: string };

export function authorizationUrl(endpoint: string): { url: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: client.id,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'openid email',
    state: 'state',
    nonce: 'nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return { url: `${endpoint}?${query.toString()}`, verifier };
}

/** Follows redirects until a page, or until the callback (whose reply carries the location). */
export async function follow(user: User, first: Reply): Promise<Reply> {
  let reply = first;
  while (reply.location !== undefined && !reply.location.startsWith(client.redirectUri)) reply = await user.get(reply.location);
  return reply;
}

export async function redeem(user: User, { token, userinfo }: Endpoints, callback: { reply: Reply; verifier: string }): Promise<void> {
  const code = new URL(callback.reply.location ?? 'http://none').searchParams.get('code');
  if (!code) throw new Error(`no code: ${callback.reply.status} ${callback.reply.text.slice(0, 500)}`);
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  const tokens = await user.post(
    token,
    { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri, code_verifier: callback.verifier },
    { authorization, accept: 'application/json' },
  );
  const { access_token: accessToken } = JSON.parse(tokens.text) as { access_token?: string };
  if (!accessToken) throw new Error(`no token: ${tokens.text}`);
  const person = await user.post(userinfo, { access_token: accessToken }, { accept: 'application/json' });
  if (person.status !== 200) throw new Error(`no userinfo: ${person.text}`);
}
