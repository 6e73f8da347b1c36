// phone_pseudonym: one account per phone can be checked without the number. It is the number's, per sector, and says nothing of it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { type Client, createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const appOf = (id: string, more: object = {}): Client & { client_id: string } => ({
  client_id: id,
  client_secret: `${id}-secret-secret-secret-secret-secret-secret`,
  redirect_uris: [`https://${id}.example/callback`],
  ...more,
});
const clients = [appOf('shop', { sector: 'retail' }), appOf('outlet', { sector: 'retail' }), appOf('club')];
const asked = { scope: 'openid email phone_pseudonym' };
let program: Program;
let parties: Record<string, RelyingParty>;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram({}, { clients });
  const entries = await Promise.all(
    clients.map(async (client) => [client.client_id, await createRelyingParty(program.issuer, client)] as const),
  );
  parties = Object.fromEntries(entries);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

async function pseudonymAt(id: string, person: Person, params: Record<string, string> = asked): Promise<unknown> {
  const party = parties[id] as RelyingParty;
  const { tokens } = await signIn(program, party, { person, params });
  return (await party.userinfo(tokens.access_token)).body.phone_pseudonym;
}

test('it comes without the number, is the same at each sign-in and within a sector, and another one elsewhere', async () => {
  const person = meetPerson(program);
  const first = await pseudonymAt('shop', person);
  expect(first).toMatch(/^[\w-]{43}$/);
  const { tokens } = await signIn(program, parties.shop as RelyingParty, { person, params: asked });
  const known = JSON.stringify([decodeJwt(tokens.id_token), (await (parties.shop as RelyingParty).userinfo(tokens.access_token)).body]);
  expect(known).not.toContain(person.phone);
  expect(known).not.toContain('phone_number');
  expect(await pseudonymAt('outlet', person)).toBe(first);
  expect(await pseudonymAt('club', person)).not.toBe(first);
});

test('another number is another pseudonym', async () => {
  expect(await pseudonymAt('shop', meetPerson(program))).not.toBe(await pseudonymAt('shop', meetPerson(program)));
});

test('it can be asked for in the ID token', async () => {
  const person = meetPerson(program);
  const claims = JSON.stringify({ userinfo: { email: null }, id_token: { phone_pseudonym: { essential: true } } });
  const { tokens } = await signIn(program, parties.shop as RelyingParty, { person, params: { scope: 'openid', claims } });
  expect(decodeJwt(tokens.id_token).phone_pseudonym).toBe(await pseudonymAt('shop', person));
});
