// Who may look at a token, and who may end it (RFC 7662, 4; RFC 7009, 2.1): its client, and the API that it is for.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import { files, machines, resources } from '../helpers/api.ts';
import { goThrough, meetPerson } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { type Client, createRelyingParty, type Tokens } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

const { web } = clientMetadata;
const other = { ...web, client_id: 'other' };
let program: Program;

beforeAll(async () => {
  program = await startProgram({
    resources,
    clients: { registered: [web, other, clientMetadata.spa, machines.filesApi, machines.nightly] },
  });
});
afterAll(() => program.close());

/** An access token for the files, and a refresh token. */
async function getTokens(from = program): Promise<Tokens> {
  const party = await createRelyingParty(from.issuer, web);
  const person = meetPerson(from);
  const params = { scope: 'openid email offline_access files:read', resource: files, prompt: 'consent' };
  const { answer, verifier } = await party.begin(person.browser, params);
  const { code = '' } = party.readCallback(await goThrough(from, person, answer));
  const [redirectUri = ''] = web.redirect_uris;
  const redeem = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri, resource: files };
  return (await party.token(redeem)).body;
}

async function look(as: Client, token: string): Promise<Record<string, unknown>> {
  return (await (await createRelyingParty(program.issuer, as)).introspect(token)).body;
}

async function end(as: Client, token: string): Promise<number> {
  const { metadata } = await createRelyingParty(program.issuer, as);
  const headers: Record<string, string> = as.client_secret ? { authorization: `Basic ${btoa(`${as.client_id}:${as.client_secret}`)}` } : {};
  const body = new URLSearchParams({ token, client_id: as.client_id });
  return (await fetch(String(metadata.revocation_endpoint), { method: 'POST', headers, body })).status;
}

describe('a token', () => {
  test('is shown to its client and to its API, with what it is good for', async () => {
    const { access_token: token } = await getTokens();
    const facts = { active: true, aud: 'https://files.example', client_id: 'web', scope: 'files:read', iss: program.issuer };
    expect(await look(web, token)).toMatchObject(facts);
    expect(await look(machines.filesApi, token)).toMatchObject(facts);
  });

  test.each([
    ['another client', other],
    ['a machine', machines.nightly],
  ])('is nothing to %s', async (_, client) => {
    const { access_token: access, refresh_token: refresh = '' } = await getTokens();
    expect(await look(client as Client, access)).toEqual({ active: false });
    expect(await look(client as Client, refresh)).toEqual({ active: false });
  });

  test('of a person says the same subject to both', async () => {
    const { access_token: token } = await getTokens();
    expect((await look(machines.filesApi, token)).sub).toBe((await look(web, token)).sub);
  });

  test('that stays connected is its client’s alone, and not the API’s', async () => {
    const { refresh_token: token = '' } = await getTokens();
    expect(await look(machines.filesApi, token)).toEqual({ active: false });
    expect(await look(web, token)).toMatchObject({ active: true, client_id: 'web' });
  });
});

describe('revocation', () => {
  test('by its client ends a token and all that came with it (RFC 7009, 2.1)', async () => {
    const { access_token: access, refresh_token: refresh = '' } = await getTokens();
    expect(await end(web, refresh)).toBe(200);
    expect(await look(web, access)).toEqual({ active: false });
    expect(await look(machines.filesApi, access)).toEqual({ active: false });
    expect((await (await createRelyingParty(program.issuer, web)).refresh(refresh)).body.error).toBe('invalid_grant');
  });

  test('by anybody else ends nothing, and doesn’t tell (RFC 7009, 2.2)', async () => {
    const { access_token: access, refresh_token: refresh = '' } = await getTokens();
    for (const client of [other, machines.filesApi, clientMetadata.spa]) {
      expect(await end(client as Client, refresh)).toBe(200);
      expect(await end(client as Client, access)).toBe(200);
    }
    expect(await look(web, access)).toMatchObject({ active: true });
  });

  test('of what is no token is no error, and a JWT can’t be taken back', async () => {
    expect(await end(web, 'x')).toBe(200);
    const machine = await createRelyingParty(program.issuer, machines.nightly);
    const { body } = await machine.token({ grant_type: 'client_credentials', scope: 'orders:read' });
    expect(await end(machines.nightly, body.access_token)).toBe(400);
  });

  test('needs a client that proves who it is', async () => {
    const { refresh_token: refresh = '' } = await getTokens();
    expect(await end({ ...web, client_secret: 'x'.repeat(43) }, refresh)).toBe(401);
    expect(await look(web, refresh)).toMatchObject({ active: true });
  });
});

test('a token of a client that was taken out of its file is good for nothing, and its API hears just that', async () => {
  const storage = await openTestStorage();
  const start = (...registered: ClientMetadata[]) => startProgram({ resources, clients: { registered } }, { storage });
  const before = await start(web, machines.filesApi);
  const { access_token: token } = await getTokens(before);
  await before.close();
  const after = await start(machines.filesApi);
  const answer = await (await createRelyingParty(after.issuer, machines.filesApi)).introspect(token);
  await after.close();
  await storage.close();
  expect(answer).toEqual({ status: 200, body: { active: false } });
});
