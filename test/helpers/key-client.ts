// A client that proves itself with its own keys: assertions (RFC 7523), DPoP proofs (RFC 9449), pushed requests (RFC 9126)
// and signed ones (RFC 9101). Everything can be laid over, so that a test can get it wrong.
import { createHash, randomUUID } from 'node:crypto';
import { type Alg, type Claims, type KeyPair, makeKeyPair, signJwt } from './jwt.ts';
import type { Host } from './person.ts';
import { createRelyingParty, type TokenAnswer } from './relying-party.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export type Registration = {
  client_id: string;
  redirect_uris: string[];
  token_endpoint_auth_method?: string;
  client_secret?: string;
  [member: string]: unknown;
};

/** What an operator registers for a client whose key this is. */
export function registerKey(key: KeyPair, id: string, more: Claims = {}): Registration {
  return {
    client_id: id,
    client_name: 'Eastwind',
    token_endpoint_auth_method: 'private_key_jwt',
    redirect_uris: ['http://127.0.0.1:9/keys'],
    jwks: { keys: [key.jwk] },
    ...more,
  };
}

export type ProofOptions = { method?: string; token?: string; nonce?: string; key?: KeyPair; claims?: Claims; header?: Claims };

export type KeyClient = Awaited<ReturnType<typeof createKeyClient>>;

export async function createKeyClient(program: Pick<Host, 'issuer' | 'url'>, registration: Registration, key: KeyPair) {
  const party = await createRelyingParty(program.issuer, registration, program.url);
  const { client_id: id } = registration;
  const dpopKey = makeKeyPair('ES256');
  const at = (endpoint: string) => String(party.metadata[endpoint]);

  const assertion = (claims: Claims = {}, header: Claims = {}) =>
    signJwt(key, { iss: id, sub: id, aud: program.issuer, jti: randomUUID(), iat: seconds(), exp: seconds() + 60, ...claims }, header);

  /** A DPoP proof for one request. */
  function proof(url: string, { method = 'POST', token, nonce, key: own = dpopKey, claims, header }: ProofOptions = {}): string {
    const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
    const payload = {
      htm: method,
      htu: url,
      jti: randomUUID(),
      iat: seconds(),
      ...ath,
      ...(nonce === undefined ? {} : { nonce }),
      ...claims,
    };
    const { kty, crv, x, y, n, e } = own.jwk;
    return signJwt(own, payload, { kid: undefined, typ: 'dpop+jwt', jwk: { kty, crv, x, y, n, e }, ...header });
  }

  /** Authenticated as it is registered; `params` may say otherwise. */
  function authentication(): Record<string, string> {
    if (registration.token_endpoint_auth_method === 'private_key_jwt')
      return { client_id: id, client_assertion_type: assertionType, client_assertion: assertion() };
    return { client_id: id, ...(registration.client_secret ? { client_secret: registration.client_secret } : {}) };
  }

  /** `dpop`: a proof; '' for none. */
  async function post(endpoint: string, params: Record<string, string>, dpop = '') {
    const answer = await fetch(at(endpoint), {
      method: 'POST',
      headers: { accept: 'application/json', ...(dpop ? { dpop } : {}) },
      body: new URLSearchParams({ ...authentication(), ...params }),
    });
    const text = await answer.text();
    const body = (text.startsWith('{') ? JSON.parse(text) : { text }) as TokenAnswer['body'] & Record<string, unknown>;
    return { status: answer.status, body, headers: answer.headers };
  }

  /** An authorization request as a signed object. */
  function signRequest(params: Record<string, string>, { claims = {}, header = {} }: { claims?: Claims; header?: Claims } = {}): string {
    const payload = { iss: id, aud: program.issuer, nbf: seconds(), exp: seconds() + 60, jti: randomUUID(), ...params, ...claims };
    return signJwt(key, payload, { typ: 'oauth-authz-req+jwt', ...header });
  }

  /** Pushes a request; answers where a browser opens it. */
  async function push(params: Record<string, string> = {}, dpop = '') {
    const { query, verifier } = party.request(params);
    const { status, body } = await post('pushed_authorization_request_endpoint', Object.fromEntries(query), dpop);
    const url = `${at('authorization_endpoint')}?${new URLSearchParams({ client_id: id, request_uri: String(body.request_uri) }).toString()}`;
    return { status, body, url, verifier };
  }

  const redeem = (code: string, verifier: string, more: { dpop?: string; params?: Record<string, string> } = {}) => {
    const [redirectUri = ''] = registration.redirect_uris;
    const params = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri, ...more.params };
    return post('token_endpoint', params, more.dpop);
  };

  const refresh = (token: string, dpop = '', params: Record<string, string> = {}) =>
    post('token_endpoint', { grant_type: 'refresh_token', refresh_token: token, ...params }, dpop);

  async function userinfo(token: string, { scheme = 'DPoP', dpop = '' } = {}) {
    const answer = await fetch(at('userinfo_endpoint'), {
      headers: { accept: 'application/json', authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) },
    });
    const text = await answer.text();
    return { status: answer.status, text, headers: answer.headers, type: answer.headers.get('content-type') };
  }

  return { id, party, key, dpopKey, at, assertion, proof, post, signRequest, push, redeem, refresh, userinfo };
}

/** A key, its registration and the client, in one. */
export function makeRegistration(id: string, { alg = 'ES256', ...more }: Claims & { alg?: Alg } = {}) {
  const key = makeKeyPair(alg);
  return { key, registration: registerKey(key, id, more) };
}
