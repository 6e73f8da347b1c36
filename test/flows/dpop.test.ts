// Tokens that are bound to a key (DPoP, RFC 9449): whoever steals one can't use it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { type Claims, makeKeyPair, signJwt, thumbprint } from '../helpers/jwt.ts';
import { createKeyClient, type KeyClient, makeRegistration, type ProofOptions } from '../helpers/key-client.ts';
import { goThrough, meetPerson } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { attackBroken, inParallel } from '../helpers/race.ts';
import { decodeJwt } from '../helpers/relying-party.ts';

const confidential = makeRegistration('dpop-web');
const bound = makeRegistration('dpop-only', { dpop_bound_access_tokens: true });
const open = makeRegistration('dpop-app', { token_endpoint_auth_method: 'none', application_type: 'native', jwks: undefined });
const clients = { registered: [confidential, bound, open].map(({ registration }) => registration) };

let program: Program;
let client: KeyClient;
let token: string;
const clock = createClock();
const now = () => Math.floor(Date.now() / 1000);

const connect = (host: Program, { registration, key } = confidential) => createKeyClient(host, registration, key);
const atToken = (of: KeyClient, options: ProofOptions = {}) => of.proof(of.at('token_endpoint'), options);
const atUserinfo = (of: KeyClient, options: ProofOptions = {}) => of.proof(of.at('userinfo_endpoint'), { method: 'GET', ...options });

async function getCode(host: Program, of: KeyClient, params: Record<string, string> = {}) {
  const person = meetPerson(host);
  const { answer, verifier } = await of.party.begin(person.browser, params);
  const { code = '' } = of.party.readCallback(await goThrough(host, person, answer));
  return { code, verifier };
}

async function getTokens(host: Program, of: KeyClient, params: Record<string, string> = {}) {
  const { code, verifier } = await getCode(host, of, params);
  return of.redeem(code, verifier, { dpop: atToken(of) });
}

beforeAll(async () => {
  program = await startProgram({ clients });
  client = await connect(program);
});
beforeEach(async () => {
  token ||= (await getTokens(program, client)).body.access_token;
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

test('a token that was asked for with a proof says so, and opens userinfo with a proof of the same key', async () => {
  const { body } = await getTokens(program, client);
  expect(body.token_type).toBe('DPoP');
  const { status, text } = await client.userinfo(body.access_token, { dpop: atUserinfo(client, { token: body.access_token }) });
  expect([status, JSON.parse(text).sub]).toEqual([200, decodeJwt(body.id_token).sub]);
  const introspected = await client.post('introspection_endpoint', { token: body.access_token });
  expect(introspected.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: thumbprint(client.dpopKey.jwk) } });
});

describe('a stolen token is worth nothing', () => {
  const thief = makeKeyPair();

  test.each<[string, (of: KeyClient) => { scheme?: string; dpop?: string }]>([
    ['as a bearer token (RFC 9449, 7.1)', () => ({ scheme: 'Bearer' })],
    ['without a proof', () => ({})],
    ['with a proof by another key', (of) => ({ dpop: atUserinfo(of, { token, key: thief }) })],
    ['with a proof for another token', (of) => ({ dpop: atUserinfo(of, { token: 'x' }) })],
    ['with a proof for no token', (of) => ({ dpop: atUserinfo(of) })],
    ['with a proof for another place', (of) => ({ dpop: of.proof(of.at('token_endpoint'), { method: 'GET', token }) })],
    ['with a proof for another method', (of) => ({ dpop: atUserinfo(of, { token, method: 'POST' }) })],
    ['with a proof of yesterday', (of) => ({ dpop: atUserinfo(of, { token, claims: { iat: now() - 3600 } }) })],
    ['with a proof of tomorrow', (of) => ({ dpop: atUserinfo(of, { token, claims: { iat: now() + 3600 } }) })],
    ['with a proof without an id', (of) => ({ dpop: atUserinfo(of, { token, claims: { jti: undefined } }) })],
    ['with a nonce that is not ours', (of) => ({ dpop: atUserinfo(of, { token, nonce: 'x'.repeat(43) }) })],
    ['with a JWT that is no proof', (of) => ({ dpop: atUserinfo(of, { token, header: { typ: 'JWT' } }) })],
    ['with an unsigned proof', (of) => ({ dpop: atUserinfo(of, { token, header: { alg: 'none' } }) })],
    [
      'with a proof that shows its private key',
      (of) => ({ dpop: atUserinfo(of, { token, header: { jwk: of.dpopKey.privateKey.export({ format: 'jwk' }) } }) }),
    ],
  ])('%s', async (_, make) => {
    const { status, headers } = await client.userinfo(token, make(client));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(402);
    expect(headers.get('www-authenticate')).toContain('DPoP');
  });
});

test('a refresh token of a public client is bound to the key, and is kept', async () => {
  const app = await connect(program, open);
  const { body } = await getTokens(program, app, { scope: 'openid offline_access', prompt: 'consent' });
  const first = body.refresh_token ?? '';
  expect((await app.refresh(first)).body.error).toBe('invalid_grant');
  expect((await app.refresh(first, atToken(app, { key: makeKeyPair() }))).body.error).toBe('invalid_grant');
  const next = await app.refresh(first, atToken(app));
  expect({ status: next.status, kept: next.body.refresh_token === first, type: next.body.token_type }).toEqual({
    status: 200,
    kept: true,
    type: 'DPoP',
  });
});

test('a client that is registered for bound tokens gets no others', async () => {
  const of = await connect(program, bound);
  const { code, verifier } = await getCode(program, of);
  expect((await of.redeem(code, verifier)).body.error).toBe('invalid_grant');
  expect((await of.redeem(code, verifier, { dpop: atToken(of) })).body.token_type).toBe('DPoP');
});

describe('a code is bound to the key that asked for it (RFC 9449, 10)', () => {
  test('by `dpop_jkt`', async () => {
    const { code, verifier } = await getCode(program, client, { dpop_jkt: thumbprint(client.dpopKey.jwk) });
    expect((await client.redeem(code, verifier)).body.error).toBe('invalid_grant');
  });

  test('and another key gets nothing for it', async () => {
    const { code, verifier } = await getCode(program, client, { dpop_jkt: thumbprint(client.dpopKey.jwk) });
    expect((await client.redeem(code, verifier, { dpop: atToken(client, { key: makeKeyPair() }) })).body.error).toBe('invalid_grant');
  });

  test('by a proof at the pushed request', async () => {
    const { url, verifier } = await client.push({}, client.proof(client.at('pushed_authorization_request_endpoint')));
    const person = meetPerson(program);
    const { code = '' } = client.party.readCallback(await goThrough(program, person, await person.browser.open(url)));
    const other = await client.redeem(code, verifier, { dpop: atToken(client, { key: makeKeyPair() }) });
    expect(other.body.error).toBe('invalid_grant');
  });
});

describe('nonces', () => {
  test('are offered, and taken, and a proof that carries one may have any clock (RFC 9449, 8)', async () => {
    const offered = (await client.userinfo(token, { dpop: atUserinfo(client, { token }) })).headers.get('dpop-nonce') ?? '';
    expect(offered).toMatch(/^[\w-]{43}$/);
    const late = atUserinfo(client, { token, nonce: offered, claims: { iat: now() - 3600 } });
    expect((await client.userinfo(token, { dpop: late })).status).toBe(200);
  });

  test('are required where the operator says so', async () => {
    const strict = await startProgram({ clients, protocol: { dpopNonceRequired: true } });
    const of = await connect(strict);
    const { code, verifier } = await getCode(strict, of);
    const refused = await of.redeem(code, verifier, { dpop: atToken(of) });
    expect([refused.status, refused.body.error]).toEqual([400, 'use_dpop_nonce']);
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    expect((await of.redeem(code, verifier, { dpop: atToken(of, { nonce }) })).status).toBe(200);
    await strict.close();
  });
});

describe('a proof is good once', () => {
  const once: Claims = { jti: randomUUID() };

  async function replay(of: KeyClient, bearer: string): Promise<number> {
    const dpop = atUserinfo(of, { token: bearer, claims: once });
    const answers = await inParallel(50, () => of.userinfo(bearer, { dpop }));
    return answers.filter(({ status }) => status === 200).length;
  }

  test('of fifty at once one is answered', async () => {
    expect(await replay(client, token)).toBe(1);
  });

  test('also when its clock is ahead, for as long as it would be taken', async () => {
    const ahead = signJwt(
      client.dpopKey,
      { ...decodeJwt(atUserinfo(client, { token })), iat: now() + 290 },
      { kid: undefined, typ: 'dpop+jwt', jwk: client.dpopKey.jwk },
    );
    expect((await client.userinfo(token, { dpop: ahead })).status).toBe(200);
    clock.advance(400);
    expect((await client.userinfo(token, { dpop: ahead })).status).toBe(401);
  });

  test('and on a store that only reads and then writes, more than one would be', async () => {
    const won = await attackBroken(
      async ({ program: broken, hold }) => {
        const of = await connect(broken);
        const { body } = await getTokens(broken, of);
        hold(50);
        return replay(of, body.access_token);
      },
      { settings: { clients } },
    );
    expect(won).toBeGreaterThan(1);
  });
});
