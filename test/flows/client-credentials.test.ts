// Programs that act for themselves (RFC 6749, 4.4) get tokens for one API (RFC 8707), for what their registration lists.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { files, machines, orders, resources } from '../helpers/api.ts';
import { countStorage } from '../helpers/counted-storage.ts';
import { verifyJwt } from '../helpers/jwt.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { type Client, createRelyingParty } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';
import type { Storage } from '../../src/storage/port.ts';

let store: Storage;
let take: ReturnType<typeof countStorage>['take'];
let program: Program;

beforeAll(async () => {
  store = await openTestStorage();
  const counted = countStorage(store);
  ({ take } = counted);
  const registered = [clientMetadata.web, ...Object.values(machines)];
  program = await startProgram({ resources, clients: { registered } }, { storage: counted.storage });
});
afterAll(async () => {
  await program.close();
  await store.close();
});

async function ask(client: Client, params: Record<string, string>) {
  const party = await createRelyingParty(program.issuer, client);
  return party.token({ grant_type: 'client_credentials', ...params });
}

const keysOf = async () => ((await (await fetch(`${program.issuer}/oidc/jwks`)).json()) as { keys: Record<string, unknown>[] }).keys;

test('a token is a JWT that says for whom, for what and for how long, signed with ES256 (RFC 9068, 2)', async () => {
  const { status, body } = await ask(machines.nightly, { resource: orders, scope: 'orders:read' });
  expect({ status, ...body }).toEqual({
    status: 200,
    access_token: body.access_token,
    expires_in: 600,
    scope: 'orders:read',
    token_type: 'Bearer',
  });
  const { header, payload } = verifyJwt(body.access_token, await keysOf());
  expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
  const { iat, exp, jti, ...rest } = payload;
  expect(rest).toEqual({ iss: program.issuer, aud: orders, sub: 'nightly', client_id: 'nightly', scope: 'orders:read' });
  expect([Number(exp) - Number(iat), typeof jti]).toEqual([600, 'string']);
});

test('a JWT costs the store nothing', async () => {
  await ask(machines.nightly, { resource: orders });
  take();
  expect((await ask(machines.nightly, { resource: orders })).status).toBe(200);
  expect(take()).toEqual([]);
});

test('a resource may have opaque tokens of its own audience and life, which it asks about', async () => {
  const { body } = await ask(machines.nightly, { resource: files });
  expect(body).toMatchObject({ expires_in: 120, scope: 'files:read' });
  const api = await createRelyingParty(program.issuer, machines.filesApi);
  expect((await api.introspect(body.access_token)).body).toMatchObject({
    active: true,
    aud: 'https://files.example',
    client_id: 'nightly',
  });
});

describe('what is registered is the limit', () => {
  test('and the default (RFC 6749, 3.3)', async () => {
    expect((await ask(machines.nightly, { resource: orders })).body.scope).toBe('orders:read');
    expect((await ask(machines.reports, { resource: orders })).body.scope).toBe('orders:read orders:write');
  });

  test('a resource that the client does not name is the one that has what it asks for', async () => {
    const { body } = await ask(machines.nightly, { scope: 'orders:read' });
    expect(verifyJwt(body.access_token, await keysOf()).payload.aud).toBe(orders);
  });

  test.each<[string, keyof typeof machines, Record<string, string>, string]>([
    ['a scope that is not registered (RFC 6749, 5.2)', 'nightly', { resource: orders, scope: 'orders:read orders:write' }, 'invalid_scope'],
    ['a scope of another resource', 'nightly', { resource: orders, scope: 'files:read' }, 'invalid_scope'],
    ['a scope that nobody knows', 'nightly', { resource: orders, scope: 'orders:eat' }, 'invalid_scope'],
    ['a scope of persons', 'nightly', { resource: orders, scope: 'openid' }, 'invalid_scope'],
    ['a client with no scope registered', 'loose', { resource: orders }, 'invalid_scope'],
    ['the same, asking for one', 'loose', { resource: orders, scope: 'orders:read' }, 'invalid_scope'],
    ['a resource that is not there (RFC 8707, 2)', 'nightly', { resource: 'https://nowhere.example' }, 'invalid_target'],
    ['a resource that is not one to the letter', 'nightly', { resource: `${orders}/` }, 'invalid_target'],
    ['a resource that is no URI', 'nightly', { resource: 'orders' }, 'invalid_target'],
    ['a resource with a fragment', 'nightly', { resource: `${orders}#x` }, 'invalid_target'],
    ['a resource for other clients', 'reports', { resource: files }, 'invalid_target'],
    ['no resource, and no scope that tells', 'nightly', {}, 'invalid_target'],
    ['no resource, and scopes of two', 'nightly', { scope: 'orders:read files:read' }, 'invalid_target'],
    ['a public client (RFC 6749, 4.4)', 'naked', { resource: orders }, 'unauthorized_client'],
  ])('refused: %s', async (...[, name, params, error]) => {
    const { status, body } = await ask(machines[name], params);
    expect({ status, error: body.error }).toEqual({ status: 400, error });
  });

  test('refused: a wrong secret, and a client that is registered for people', async () => {
    expect((await ask({ ...machines.nightly, client_secret: 'x'.repeat(43) }, { resource: orders })).body.error).toBe('invalid_client');
    expect((await ask(clientMetadata.web, { resource: orders })).body.error).toBe('unauthorized_client'); // RFC 6749, 5.2
  });

  test('refused: two resources at once', async () => {
    const { client_id: id, client_secret: secret } = machines.nightly;
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read', resource: orders });
    body.append('resource', files);
    const headers = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
    const answer = await fetch(`${program.issuer}/oidc/token`, { method: 'POST', headers, body });
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'invalid_scope']);
  });
});
