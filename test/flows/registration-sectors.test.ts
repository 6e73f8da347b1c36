// Who registers itself names any host as its own; what that host's apps call people, only that host may hear (OpenID Connect Core, 8.1).
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDevice, connect, deviceGrant, enterCode } from '../helpers/device.ts';
import { goThrough, meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { app, register, type Registered, updateClient } from '../helpers/registrations.ts';
import { createRelyingParty, decodeJwt } from '../helpers/relying-party.ts';

const here = 'https://thief.example/cb';
const pseudonym = { scope: 'openid email phone_pseudonym' };

let program: Program;

beforeAll(async () => {
  program = await startProgram({ registration: { enabled: true, invited: false, perHour: 1000, maxClients: 1000 } });
});
afterAll(() => program.close());

async function registered(more: object = {}): Promise<Registered> {
  const { status, body } = await register(program, { ...app, ...more });
  expect(status).toBe(201);
  return body;
}

/** To where only the client itself hears of it. */
const partyAt = (client: Registered, uri: string) => createRelyingParty(program.issuer, { ...client, redirect_uris: [uri] });

const subjectOf = ({ id_token }: { id_token: string }) => decodeJwt(id_token).sub;

async function findSubject(person: Person, client: Registered): Promise<unknown> {
  return subjectOf((await signIn(program, await createRelyingParty(program.issuer, client), { person })).tokens);
}

/** Longer than a client is kept in mind. */
async function move(client: Registered, metadata: object): Promise<void> {
  expect((await updateClient(client, { ...app, client_id: client.client_id, ...metadata })).status).toBe(200);
  await sleep(600);
}

test('a client that moves to a known host after its people have signed in doesn’t learn what that host calls them', async () => {
  const person = meetPerson(program);
  const known = await findSubject(person, await registered());
  const grants = { grant_types: ['authorization_code', 'refresh_token'] };
  const client = await registered({ ...grants, redirect_uris: [here] });
  const party = await partyAt(client, here);
  const { answer, verifier } = await party.begin(person.browser, { scope: 'openid email offline_access', prompt: 'consent' });
  const { code = '' } = party.readCallback(await goThrough(program, person, answer));
  await move(client, grants);
  const { status, body } = await party.redeem(code, verifier);
  expect(status).toBe(200);
  const refreshed = await party.refresh(body.refresh_token ?? '');
  expect(refreshed.status).toBe(200);
  const { body: claims } = await party.userinfo(refreshed.body.access_token);
  expect([subjectOf(body), subjectOf(refreshed.body), claims.sub]).not.toContain(known);
});

test('nor one that was public before it became pairwise', async () => {
  const person = meetPerson(program);
  const known = await findSubject(person, await registered());
  const client = await registered({ redirect_uris: [here], subject_type: 'public' });
  const party = await partyAt(client, here);
  const { answer, verifier } = await party.begin(person.browser);
  const { code = '' } = party.readCallback(await goThrough(program, person, answer));
  await move(client, { subject_type: 'pairwise' });
  expect(subjectOf((await party.redeem(code, verifier)).body)).not.toBe(known);
});

test('an update that leaves the host as it is leaves everybody’s subject as it is', async () => {
  const person = meetPerson(program);
  const client = await registered();
  const before = await findSubject(person, client);
  await move(client, { client_name: 'Orchard', redirect_uris: [...app.redirect_uris, 'https://garden.example/other'] });
  expect(await findSubject(person, client)).toBe(before);
});

test('a client with public subjects that names a known host before its own doesn’t learn that host’s pseudonyms of numbers', async () => {
  const person = meetPerson(program);
  const ask = async (client: Registered, uri: string) => {
    const party = await partyAt(client, uri);
    const { tokens } = await signIn(program, party, { person, params: pseudonym });
    return (await party.userinfo(tokens.access_token)).body.phone_pseudonym;
  };
  const known = await ask(await registered(), app.redirect_uris[0] ?? '');
  expect(known).toEqual(expect.any(String));
  const thief = await registered({ subject_type: 'public', redirect_uris: [...app.redirect_uris, here] });
  const learnt = await ask(thief, here);
  expect(learnt).toEqual(expect.any(String));
  expect(learnt).not.toBe(known);
});

test('nor does one that needs no host at all, since it is a device’s', async () => {
  const person = meetPerson(program);
  const party = await createRelyingParty(program.issuer, await registered());
  const { tokens } = await signIn(program, party, { person, params: pseudonym });
  const { phone_pseudonym: known } = (await party.userinfo(tokens.access_token)).body;
  const grants = { grant_types: ['authorization_code', deviceGrant], token_endpoint_auth_method: 'none' };
  const client = await registered(grants);
  const own = await createRelyingParty(program.issuer, client);
  const device = createDevice(own, client);
  const codes = await device.askForCodes(pseudonym);
  await enterCode(person.browser, codes);
  await connect(program, person);
  const { status, body } = await device.poll(codes);
  expect(status).toBe(200);
  const { phone_pseudonym: learnt } = (await own.userinfo(body.access_token)).body;
  expect(learnt).toEqual(expect.any(String));
  expect(learnt).not.toBe(known);
});
