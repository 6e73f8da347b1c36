// A person's access token for an API (RFC 8707): the client names it, the person agrees to it in words, and the token is
// good there and nowhere else.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { files, machines, orders, resources } from '../helpers/api.ts';
import { decode } from '../helpers/forms.ts';
import { verifyJwt } from '../helpers/jwt.ts';
import { allow, goThrough, meetPerson, type Person, proveEmail } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const firstParty = { ...clientMetadata.web, client_id: 'own', consent: 'implicit' };
const narrow = { ...clientMetadata.web, client_id: 'narrow', scope: 'openid email orders:read' };

let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  program = await startProgram({
    resources,
    clients: { registered: [clientMetadata.web, clientMetadata.spa, firstParty, narrow, machines.filesApi] },
  });
  party = await createRelyingParty(program.issuer);
});
afterAll(() => program.close());

const both = { scope: 'openid email orders:read', resource: orders };

async function getCode(person: Person, params: Record<string, string>, of = party) {
  const { answer, verifier } = await of.begin(person.browser, params);
  const { code = '' } = of.readCallback(await goThrough(program, person, answer));
  return { code, verifier };
}

/** Redeems with or without naming the resource again. */
const redeem = ({ code, verifier }: { code: string; verifier: string }, resource?: string, of = party) =>
  of.token({
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: 'http://127.0.0.1:9/callback',
    ...(resource === undefined ? {} : { resource }),
  });

const keysOf = async () => ((await (await fetch(`${program.issuer}/oidc/jwks`)).json()) as { keys: Record<string, unknown>[] }).keys;

test('the token is for the API that the client names, and says who signed in, when and how (RFC 9068, 2.2)', async () => {
  const { status, body } = await redeem(await getCode(meetPerson(program), both), orders);
  expect({ status, scope: body.scope, expires: body.expires_in }).toEqual({ status: 200, scope: 'orders:read', expires: 600 });
  const { sub, auth_time: time, acr } = decodeJwt(body.id_token);
  const { payload } = verifyJwt(body.access_token, await keysOf());
  expect(payload).toMatchObject({ iss: program.issuer, aud: orders, client_id: 'web', scope: 'orders:read', sub, auth_time: time, acr });
  expect(payload).not.toHaveProperty('email');
});

test('a token for an API opens nothing here, and one for userinfo says nothing to an API', async () => {
  const person = meetPerson(program);
  const forApi = await redeem(await getCode(person, { scope: 'openid email files:read', resource: files }), files);
  expect((await party.userinfo(forApi.body.access_token)).status).toBe(403);
  const forUs = await redeem(await getCode(person, { scope: 'openid email files:read', resource: files }));
  expect((await party.userinfo(forUs.body.access_token)).body).toMatchObject({ email: person.email });
  const api = await createRelyingParty(program.issuer, machines.filesApi);
  expect((await api.introspect(forUs.body.access_token)).body).toEqual({ active: false });
  expect((await api.introspect(forApi.body.access_token)).body).toMatchObject({
    active: true,
    scope: 'files:read',
    aud: 'https://files.example',
  });
});

test('a refresh token gets tokens for the APIs that were agreed to, one at a time', async () => {
  const asked = { scope: 'openid email offline_access orders:read orders:write', resource: orders, prompt: 'consent' };
  const { body } = await redeem(await getCode(meetPerson(program), asked));
  const refresh = (params: Record<string, string>) =>
    party.token({ grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '', ...params });
  const forApi = await refresh({ resource: orders });
  expect(verifyJwt(forApi.body.access_token, await keysOf()).payload).toMatchObject({ aud: orders, scope: 'orders:read orders:write' });
  const less = await refresh({ resource: orders, scope: 'orders:read' });
  expect(less.body.scope).toBe('orders:read');
  expect((await party.userinfo((await refresh({})).body.access_token)).status).toBe(200);
  expect((await refresh({ resource: files })).body.error).toBe('invalid_target');
});

describe('the person agrees to it', () => {
  test.each([
    ['en', 'See your orders', 'Northwind orders'],
    ['ar', 'الاطّلاع على طلباتك', 'طلبات نورثويند'],
  ])('in words, not in names of scopes (%s)', async (locale, label, of) => {
    const person = meetPerson(program);
    await party.begin(person.browser, { ...both, ui_locales: locale });
    const { text } = await proveEmail(program, person);
    expect(decode(text)).toContain(label);
    expect(decode(text)).toContain(of);
    expect(text).not.toContain('orders:read');
  });

  test('once, and again for what is new', async () => {
    const person = meetPerson(program);
    await getCode(person, both);
    expect(await party.silently(person.browser, both)).toHaveProperty('code');
    const more = { ...both, scope: 'openid email orders:read orders:write' };
    expect((await party.silently(person.browser, more)).error).toBe('consent_required');
    const { answer } = await party.begin(person.browser, more);
    expect(answer.url).toMatch(/\/consent$/);
    expect(party.readCallback(await allow(person))).toHaveProperty('code');
    expect(await party.silently(person.browser, more)).toHaveProperty('code');
  });

  test('or does not, and then the app hears it', async () => {
    const person = meetPerson(program);
    await party.begin(person.browser, both);
    await proveEmail(program, person);
    expect(party.readCallback(await person.browser.submit('/consent', { decision: 'deny' })).error).toBe('access_denied');
  });

  test('and nobody asks where the operator has agreed for everybody', async () => {
    const own = await createRelyingParty(program.issuer, firstParty);
    const person = meetPerson(program);
    await own.begin(person.browser, both);
    const { code = '' } = own.readCallback(await proveEmail(program, person));
    expect(code).not.toBe('');
  });
});

test.each<[string, typeof clientMetadata.web, Record<string, string>, string]>([
  ['a resource that is not there', clientMetadata.web, { ...both, resource: 'https://nowhere.example' }, 'invalid_target'],
  ['a resource for other clients', narrow, { scope: 'openid', resource: files }, 'invalid_target'],
  ['a scope that the client is not registered for', narrow, { ...both, scope: 'openid orders:write' }, 'invalid_scope'],
])('refused at once: %s', async (...[, client, params, error]) => {
  const of = await createRelyingParty(program.issuer, client);
  const { answer } = await of.begin(meetPerson(program).browser, params);
  expect(of.readCallback(answer).error).toBe(error);
});

test('a resource that was not asked for at the beginning is not given at the end', async () => {
  const { body } = await redeem(await getCode(meetPerson(program), { scope: 'openid email orders:read' }), orders);
  expect(body.error).toBe('invalid_target');
});

test('a scope of an API without its resource is left out', async () => {
  const { body } = await redeem(await getCode(meetPerson(program), { scope: 'openid email orders:read' }));
  expect(body.scope).toBe('openid email');
});
