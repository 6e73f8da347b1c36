// The FAPI 2.0 Security Profile, as `PROFILE=fapi2` switches it on: a client that keeps to it signs in, and every departure is
// refused. Numbers in titles are the profile's sections.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as openid from 'openid-client';
import { loadSettings } from '../../src/config/load.ts';
import { createClock } from '../helpers/clock.ts';
import { type Claims, makeKeyPair, thumbprint, verifyJwt } from '../helpers/jwt.ts';
import { createKeyClient, type KeyClient, makeRegistration, type Registration } from '../helpers/key-client.ts';
import { goThrough, meetPerson, type Person } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';

const redirect = { redirect_uris: ['https://app.example/callback'] };
const honest = makeRegistration('bank', redirect);
const careless = makeRegistration('careless', {
  ...redirect,
  dpop_bound_access_tokens: false,
  require_pushed_authorization_requests: false,
});
const { protocol, lifetimes, signingKeys } = loadSettings({
  env: { PROFILE: 'fapi2', DATABASE_URL: 'sqlite::memory:' },
  cwd: '/',
  mode: 'test',
});
const fapi = { protocol, lifetimes, signingKeys };

let program: Program;
let client: KeyClient;
const clock = createClock();
const now = () => Math.floor(Date.now() / 1000);
const rsa = makeKeyPair('RS256');

beforeAll(async () => {
  program = await startProgram({ ...fapi, clients: { registered: [honest.registration, careless.registration] } });
  client = await createKeyClient(program, honest.registration, honest.key);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

const atToken = (of = client, options = {}) => of.proof(of.at('token_endpoint'), options);

async function getCode({
  of = client,
  person = meetPerson(program),
  params = {},
  dpop = '',
}: { of?: KeyClient; person?: Person; params?: Claims; dpop?: string } = {}) {
  const { url, verifier, status } = await of.push(params as Record<string, string>, dpop);
  expect(status).toBe(201);
  const last = await goThrough(program, person, await person.browser.open(url));
  return { code: '', ...of.party.readCallback(last), verifier, last };
}

const pushWith = async (params: Record<string, string>, of = client) => {
  const { status, body } = await of.push(params);
  return { status, error: body.error };
};

test('a client that keeps to it signs in, and stays', async () => {
  const { code, verifier, last, ...callback } = await getCode({ params: { scope: 'openid email offline_access', prompt: 'consent' } });
  expect(last.status).toBe(303); // 5.3.2.2 (11)
  expect(callback).toMatchObject({ iss: program.issuer }); // 5.3.2.2 (7)
  const { status, body } = await client.redeem(code, verifier, { dpop: atToken() });
  expect({ status, type: body.token_type }).toEqual({ status: 200, type: 'DPoP' });
  const dpop = client.proof(client.at('userinfo_endpoint'), { method: 'GET', token: body.access_token });
  expect((await client.userinfo(body.access_token, { dpop })).status).toBe(200);
  const jwks = (await (await fetch(client.at('jwks_uri'))).json()) as { keys: Claims[] };
  expect(verifyJwt(body.id_token, jwks.keys).header.alg).toBe('ES256');
  const again = await client.refresh(body.refresh_token ?? '', atToken());
  expect({ status: again.status, kept: again.body.refresh_token === body.refresh_token }).toEqual({ status: 200, kept: true }); // 5.3.2.1 (9)
});

test('discovery says what holds', () => {
  const { metadata } = client.party;
  expect(metadata).toMatchObject({
    require_pushed_authorization_requests: true,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    authorization_response_iss_parameter_supported: true,
  });
  const algorithms = Object.entries(metadata).filter(([name]) => name.includes('signing_alg'));
  expect(algorithms.length).toBeGreaterThan(3);
  for (const [name, values] of algorithms) {
    const weak = (values as string[]).filter((alg) => !['ES256', 'PS256', 'EdDSA', 'Ed25519'].includes(alg));
    expect({ name, weak }).toEqual({ name, weak: [] }); // 5.4.1
  }
});

describe('clients', () => {
  /** Whether a client that is registered so gets anything; the program may also refuse to start with it. */
  async function isServed(registration: Registration, key = honest.key): Promise<boolean> {
    const attempt = startProgram({ ...fapi, clients: { registered: [registration] } });
    const host = await attempt.catch(() => undefined);
    if (!host) return false;
    const of = await createKeyClient(host, registration, key);
    const { status } = await of.push();
    await host.close();
    return status === 201;
  }

  test('one with a key is served, and https is asked of web clients alone (5.3.2.2 (8))', async () => {
    const native = makeRegistration('phone', { application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'] });
    expect(await isServed(honest.registration)).toBe(true);
    expect(await isServed(native.registration, native.key)).toBe(true);
  });

  test.each<[string, Registration]>([
    ['with a secret (5.3.2.1 (6))', { ...clientMetadata.web, ...redirect }],
    ['with a secret in the body', { ...clientMetadata.web, ...redirect, token_endpoint_auth_method: 'client_secret_post' }],
    ['with no credential (5.3.2.1 (3))', { ...clientMetadata.spa, ...redirect, application_type: 'web' }],
    ['reached in the clear (5.3.2.2 (8))', { ...honest.registration, redirect_uris: ['http://app.example/callback'] }],
    ['that would have RS256 (5.4.1)', { ...honest.registration, id_token_signed_response_alg: 'RS256' }],
    ['that would sign with RS256', { ...honest.registration, token_endpoint_auth_signing_alg: 'RS256' }],
  ])('none is served %s', async (_, registration) => {
    expect(await isServed(registration)).toBe(false);
  });

  test('what a registration says can’t loosen it', async () => {
    const of = await createKeyClient(program, careless.registration, careless.key);
    const { answer } = await of.party.begin(meetPerson(program).browser);
    expect(of.party.readCallback(answer).error).toBe('invalid_request');
    const { code, verifier } = await getCode({ of });
    expect((await of.redeem(code, verifier)).body.error).toBe('invalid_grant');
  });
});

describe('an assertion (5.3.2.1)', () => {
  test.each<[string, () => string, number]>([
    ['for the issuer, is taken (8)', () => client.assertion(), 201],
    ['from a clock ten seconds ahead, is taken (13)', () => client.assertion({ iat: now() + 10, nbf: now() + 10 }), 201],
    ['from a clock more than a minute ahead, is not (13)', () => client.assertion({ iat: now() + 61, exp: now() + 120 }), 401],
    ['for the token endpoint, is not (8)', () => client.assertion({ aud: client.at('token_endpoint') }), 401],
    [
      'for the endpoint that it is sent to, is not (8)',
      () => client.assertion({ aud: client.at('pushed_authorization_request_endpoint') }),
      401,
    ],
    ['for a list that holds the issuer, is not (8)', () => client.assertion({ aud: [program.issuer] }), 401],
    ['by RS256, is not (5.4.1)', () => client.assertion({}, { alg: 'RS256' }), 401],
  ])('%s', async (...[, make, status]) => {
    const { query } = client.party.request();
    const answer = await client.post('pushed_authorization_request_endpoint', { ...Object.fromEntries(query), client_assertion: make() });
    expect(answer.status).toBe(status);
  });
});

describe('a request (5.3.2.2)', () => {
  test('that was not pushed is refused (3)', async () => {
    const { answer } = await client.party.begin(meetPerson(program).browser);
    expect(client.party.readCallback(answer)).toMatchObject({ error: 'invalid_request', iss: program.issuer });
  });

  test('also where it is signed', async () => {
    const { query } = client.party.request();
    const request = client.signRequest(Object.fromEntries(query));
    const { answer } = await client.party.begin(meetPerson(program).browser, { request });
    expect(client.party.readCallback(answer).error).toBe('invalid_request');
  });

  test('pushed by nobody in particular is refused (4)', async () => {
    const { query } = client.party.request();
    const answer = await fetch(client.at('pushed_authorization_request_endpoint'), { method: 'POST', body: query });
    expect(answer.status).toBe(401);
  });

  test.each<[string, Record<string, string>, string]>([
    ['for anything but a code (1)', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['without PKCE (5)', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with plain PKCE (5)', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without its redirect URI (6)', { redirect_uri: '' }, 'invalid_request'],
    ['with a redirect URI that is not registered', { redirect_uri: 'https://app.example/callback/' }, 'invalid_request'],
  ])('%s is not taken', async (...[, params, error]) => {
    expect(await pushWith(params)).toEqual({ status: 400, error });
  });

  test.each<[string, Claims, Claims, number]>([
    ['that is signed with a strong algorithm is', {}, {}, 201],
    ['that is signed with RS256 is not (5.4.1)', {}, { alg: 'RS256' }, 400],
    ['that does not say from when it is good is not', { nbf: undefined }, {}, 400],
    ['that does not say until when it is good is not', { exp: undefined }, {}, 400],
    ['that is good for more than an hour is not', { exp: now() + 86_400 }, {}, 400],
  ])('%s taken', async (...[, claims, header, status]) => {
    const { query } = client.party.request();
    const request = client.signRequest(Object.fromEntries(query), { claims, header });
    expect((await client.post('pushed_authorization_request_endpoint', { request })).status).toBe(status);
  });

  test('lives a minute (12), and a nonce of 64 characters comes back (14)', async () => {
    const { body } = await client.push({ nonce: 'n'.repeat(64) });
    expect(body.expires_in).toBe(60);
    const { code, verifier } = await getCode({ params: { nonce: 'n'.repeat(64) } });
    const redeemed = await client.redeem(code, verifier, { dpop: atToken() });
    const { nonce } = JSON.parse(Buffer.from(redeemed.body.id_token.split('.')[1] ?? '', 'base64url').toString());
    expect(nonce).toBe('n'.repeat(64));
  });
});

describe('tokens (5.3.2.1)', () => {
  test('are bound to a key: without a proof, or with a weak one, there are none (4)', async () => {
    const { code, verifier } = await getCode();
    expect((await client.redeem(code, verifier)).body.error).toBe('invalid_grant');
    expect((await client.redeem(code, verifier, { dpop: atToken(client, { key: rsa }) })).body.error).toBe('invalid_dpop_proof');
    expect((await client.redeem(code, verifier, { dpop: atToken() })).status).toBe(200);
  });

  test('are given for a proof from a clock ten seconds ahead, and not more than a minute, wherever it is used (13)', async () => {
    const from = (ahead: number) => ({ claims: { iat: now() + ahead } });
    const { code, verifier } = await getCode({ dpop: client.proof(client.at('pushed_authorization_request_endpoint'), from(10)) });
    expect((await client.redeem(code, verifier, { dpop: atToken(client, from(70)) })).body.error).toBe('invalid_dpop_proof');
    const { status, body } = await client.redeem(code, verifier, { dpop: atToken(client, from(10)) });
    expect(status).toBe(200);
    const use = (ahead: number) =>
      client.userinfo(body.access_token, {
        dpop: client.proof(client.at('userinfo_endpoint'), { method: 'GET', token: body.access_token, ...from(ahead) }),
      });
    const refused = await use(70);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('invalid_dpop_proof')]);
    expect((await use(10)).status).toBe(200);
    const pushed = await client.push({}, client.proof(client.at('pushed_authorization_request_endpoint'), from(70)));
    expect(pushed.body.error).toBe('invalid_dpop_proof');
  });

  test('come to the key that asked for the code (12)', async () => {
    const { code, verifier } = await getCode({ dpop: client.proof(client.at('pushed_authorization_request_endpoint')) });
    expect((await client.redeem(code, verifier, { dpop: atToken(client, { key: makeKeyPair() }) })).body.error).toBe('invalid_grant');
    const named = await getCode({ params: { dpop_jkt: thumbprint(client.dpopKey.jwk) } });
    expect((await client.redeem(named.code, named.verifier, { dpop: atToken() })).status).toBe(200);
  });

  test('are not given for a code that was used, or is older than a minute (11; 5.3.2.2 (9))', async () => {
    const { code, verifier } = await getCode();
    const first = await client.redeem(code, verifier, { dpop: atToken() });
    expect((await client.redeem(code, verifier, { dpop: atToken() })).body.error).toBe('invalid_grant');
    const dpop = client.proof(client.at('userinfo_endpoint'), { method: 'GET', token: first.body.access_token });
    expect((await client.userinfo(first.body.access_token, { dpop })).status).toBe(401);
    const late = await getCode();
    clock.advance(61);
    expect((await client.redeem(late.code, late.verifier, { dpop: atToken() })).body.error).toBe('invalid_grant');
  });

  test('that were stolen are worth nothing; a refresh token is its client’s, whose key may change (RFC 9449, 5)', async () => {
    const { code, verifier } = await getCode({ params: { scope: 'openid offline_access', prompt: 'consent' } });
    const { body } = await client.redeem(code, verifier, { dpop: atToken() });
    expect((await client.userinfo(body.access_token, { scheme: 'Bearer' })).status).toBe(401);
    expect((await client.refresh(body.refresh_token ?? '')).body.error).toBe('invalid_grant');
    const thief = await createKeyClient(program, careless.registration, careless.key);
    expect((await thief.refresh(body.refresh_token ?? '', atToken(thief))).body.error).toBe('invalid_grant');
    expect((await client.refresh(body.refresh_token ?? '', atToken(client, { key: makeKeyPair() }))).status).toBe(200);
  });
});

test('openid-client, which knows nothing of us, signs in by the guide (docs/relying-parties/fapi.md)', async () => {
  const key = await globalThis.crypto.subtle.importKey(
    'jwk',
    honest.key.privateKey.export({ format: 'jwk' }),
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['sign'],
  );
  const insecure = { execute: [openid.allowInsecureRequests] };
  const issuer = await openid.discovery(
    new URL(program.issuer),
    'bank',
    undefined,
    openid.PrivateKeyJwt({ key, kid: honest.key.kid }),
    insecure,
  );
  const DPoP = openid.getDPoPHandle(issuer, await openid.randomDPoPKeyPair('ES256'));
  const verifier = openid.randomPKCECodeVerifier();
  const params = {
    redirect_uri: 'https://app.example/callback',
    scope: 'openid email',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  const url = await openid.buildAuthorizationUrlWithPAR(issuer, params, { DPoP });
  const person = meetPerson(program);
  const last = await goThrough(program, person, await person.browser.open(url.href));
  const tokens = await openid.authorizationCodeGrant(issuer, new URL(last.location ?? ''), { pkceCodeVerifier: verifier }, undefined, {
    DPoP,
  });
  const claims = await openid.fetchUserInfo(issuer, tokens.access_token, tokens.claims()?.sub ?? '', { DPoP });
  expect(claims.email).toBe(person.email);
});
