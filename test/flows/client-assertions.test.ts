// Clients that authenticate with a key of their own (`private_key_jwt`; OpenID Connect Core, 9; RFC 7523, 3).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { orders, resources } from '../helpers/api.ts';
import { type Alg, type Claims, makeKeyPair, signJwt } from '../helpers/jwt.ts';
import { createKeyClient, type KeyClient, makeRegistration } from '../helpers/key-client.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { attackBroken, inParallel } from '../helpers/race.ts';

const machine = { grant_types: ['client_credentials'], redirect_uris: [], scope: 'orders:read' };
const algorithms: Alg[] = ['ES256', 'PS256', 'RS256', 'EdDSA'];
const made = Object.fromEntries(algorithms.map((alg) => [alg, makeRegistration(`keys-${alg}`, { alg, ...machine })]));
const fixed = makeRegistration('keys-fixed', { ...machine, token_endpoint_auth_signing_alg: 'PS256' });
const registered = [...Object.values(made), fixed].map(({ registration }) => registration);

let program: Program;
let client: KeyClient;

const open = (host: Program, { registration, key }: (typeof made)[string] = made.ES256 as never) =>
  createKeyClient(host, registration, key);

beforeAll(async () => {
  program = await startProgram({ resources, clients: { registered } });
  client = await open(program);
});
afterAll(() => program.close());

const ask = (of: KeyClient, params: Record<string, string> = {}) =>
  of.post('token_endpoint', { grant_type: 'client_credentials', resource: orders, ...params });
const now = () => Math.floor(Date.now() / 1000);

test.each(algorithms)('an assertion signed with %s is taken', async (alg) => {
  expect((await ask(await open(program, made[alg]))).status).toBe(200);
});

test.each(['issuer', 'token_endpoint'])('its audience may be the %s (OpenID Connect Core, 9)', async (member) => {
  const aud = String(client.party.metadata[member]);
  expect((await ask(client, { client_assertion: client.assertion({ aud }) })).status).toBe(200);
});

test('a clock that is ten seconds ahead is forgiven', async () => {
  const claims = { iat: now() + 10, nbf: now() + 10, exp: now() + 70 };
  expect((await ask(client, { client_assertion: client.assertion(claims) })).status).toBe(200);
});

describe('refused is an assertion', () => {
  const stranger = makeKeyPair();

  test.each<[string, (of: KeyClient) => string]>([
    [
      'by another key',
      (of) => signJwt({ ...stranger, kid: of.key.kid }, { iss: of.id, sub: of.id, aud: program.issuer, jti: 'x', exp: now() + 60 }),
    ],
    ['whose issuer is not the client', (of) => of.assertion({ iss: 'somebody' })],
    ['for somebody else', (of) => of.assertion({ aud: 'https://elsewhere.example' })],
    ['for nobody', (of) => of.assertion({ aud: undefined })],
    ['that has expired', (of) => of.assertion({ iat: now() - 120, exp: now() - 60 })],
    ['that never expires', (of) => of.assertion({ exp: undefined })],
    ['that lives for a day', (of) => of.assertion({ exp: now() + 86_400 })],
    ['that is not valid yet', (of) => of.assertion({ nbf: now() + 30 })],
    ['that was made in the future', (of) => of.assertion({ iat: now() + 90, exp: now() + 120 })],
    ['without an id', (of) => of.assertion({ jti: undefined })],
    ['that is not signed', (of) => `${of.assertion({}, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
    ['signed with a secret', (of) => of.assertion({}, { alg: 'HS256' })],
    ['with another body than was signed', (of) => of.assertion().replace(/\.[^.]+\./, `.${of.assertion().split('.')[1]}.`)],
  ])('%s', async (_, make) => {
    const { status, body } = await ask(client, { client_assertion: make(client) });
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' });
  });

  test('of another client, under this one’s name', async () => {
    const other = await open(program, made.PS256);
    expect((await ask(client, { client_assertion: other.assertion() })).body.error).toBe('invalid_request');
  });

  test('by an algorithm that the client did not register', async () => {
    expect((await ask(await open(program, fixed))).body.error).toBe('invalid_client');
  });

  test('beside another kind of authentication, or of no known type', async () => {
    expect((await ask(client, { client_secret: 'x'.repeat(43) })).body.error).toBe('invalid_request');
    expect((await ask(client, { client_assertion_type: 'saml' })).body.error).toBe('invalid_request');
  });
});

test('a client that has a key is not let in with less', async () => {
  const nothing = await fetch(client.at('token_endpoint'), {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: orders, client_id: client.id }),
  });
  expect(nothing.status).toBe(401);
});

describe('an assertion is good once', () => {
  const twice: Claims = { jti: randomUUID() };

  async function replay(of: KeyClient): Promise<number> {
    const assertion = of.assertion(twice);
    const answers = await inParallel(50, () => ask(of, { client_assertion: assertion }));
    return answers.filter(({ status }) => status === 200).length;
  }

  test('of fifty at once one gets a token', async () => {
    expect(await replay(client)).toBe(1);
    expect((await ask(client, { client_assertion: client.assertion(twice) })).body.error).toBe('invalid_client');
  });

  test('and on a store that only reads and then writes, more than one would', async () => {
    const won = await attackBroken(
      async ({ program: broken, hold }) => {
        const of = await open(broken);
        hold(50);
        return replay(of);
      },
      { settings: { resources, clients: { registered } } },
    );
    expect(won).toBeGreaterThan(1);
  });
});
