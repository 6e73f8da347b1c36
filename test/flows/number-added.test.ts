// A number can open an account: whoever has the account hears of each that comes to it, and an operator can take it away.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { openDesk } from '../helpers/account-desk.ts';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

const both = { scope: 'openid email phone' };
const clock = createClock();
let storage: Storage;
let program: Program;
let party: RelyingParty;
let desk: Awaited<ReturnType<typeof openDesk>>;

beforeAll(async () => {
  storage = await openTestStorage();
  program = await startProgram({}, { storage });
  party = await createRelyingParty(program.issuer);
  desk = await openDesk(program, storage);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await storage.close();
});

const signInAs = async (person: Person, params: Record<string, string>) =>
  decodeJwt((await signIn(program, party, { person, params })).tokens.id_token).sub;

async function noticesTo(email: string): Promise<string[]> {
  const messages = await program.outbox(email);
  return messages.map(({ subject = '' }) => subject).filter((subject) => !/\d{6}/.test(subject));
}

async function waitForNotice(email: string): Promise<string[]> {
  for (let looks = 0; looks < 500 && (await noticesTo(email)).length === 0; looks += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return noticesTo(email);
}

/** Somebody who has had an account for a while, and has just added a number to it. */
async function meetExtended(): Promise<Person & { phone: string; sub: unknown }> {
  const person = meetPerson(program);
  await signInAs(person, { scope: 'openid email' });
  clock.advance(3600);
  return { ...person, phone: person.phone ?? '', sub: await signInAs(person, both) };
}

test('a number that comes to an account is told to its email address, by its end alone', async () => {
  const { email, phone } = await meetExtended();
  expect(await waitForNotice(email)).toEqual([expect.stringContaining(`${phone.slice(-3)} was added`)]);
  const notice = (await program.outbox(email)).at(-1);
  expect(notice?.text).not.toContain(phone);
});

test('whoever begins an account with both is told nothing, nor is a number told twice', async () => {
  const person = meetPerson(program);
  await signInAs(person, both);
  clock.advance(3600);
  await signInAs(person, { ...both, prompt: 'login' });
  expect(await noticesTo(person.email)).toEqual([]);
  const extended = await meetExtended();
  clock.advance(3600);
  await signInAs(extended, { ...both, prompt: 'login' });
  expect(await waitForNotice(extended.email)).toHaveLength(1);
});

test('a number that the operator takes away opens the account no more, and is free; the email address goes on', async () => {
  const person = await meetExtended();
  const { id, addresses } = await desk.find(person.email);
  const number = addresses.find(({ channel }) => channel === 'phone');
  if (!number) throw new Error('the number was not added');
  await desk.users.removeAddress(id, number, 'operator');
  clock.advance(3600);

  const next = meetPerson(program, { phone: person.phone });
  await party.begin(next.browser, { scope: 'openid phone' });
  const sent = (await program.outbox(person.phone)).length;
  await next.browser.submit('/identifier', { identifier: person.phone });
  clock.advance(3600);
  const { tokens } = await signIn(program, party, { person: next, params: both });
  expect(await program.outbox(person.phone)).toHaveLength(sent + 1); // as nobody's number it was not texted to at first
  expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ email: next.email, phone_number: person.phone });
  expect((await desk.find(person.phone)).id).not.toBe(id);
  expect(await signInAs({ ...person, phone: undefined }, { scope: 'openid email', prompt: 'login' })).toBe(person.sub);
});

test('what was agreed to with it releases nothing any more', async () => {
  const person = await meetExtended();
  const { tokens } = await signIn(program, party, { person, params: both });
  const { id, addresses } = await desk.find(person.email);
  for (const { channel, key } of addresses) if (channel === 'phone') await desk.users.removeAddress(id, { channel, key }, 'operator');
  expect((await party.userinfo(tokens.access_token)).body).toEqual({ sub: person.sub, email: person.email, email_verified: true });
});

test('a session in which it was proven has proven it no more, and a new one can be given there', async () => {
  const person = await meetExtended();
  const { id, addresses } = await desk.find(person.email);
  for (const { channel, key } of addresses) if (channel === 'phone') await desk.users.removeAddress(id, { channel, key }, 'operator');
  const next = await signIn(program, party, { person, params: { scope: 'openid email' } });
  expect(decodeJwt(next.tokens.id_token)).toMatchObject({ sub: person.sub, acr: 'urn:latchkey:acr:email', amr: ['otp', 'email'] });

  clock.advance(3600);
  const phone = meetPerson(program).phone ?? '';
  const claims = JSON.stringify({ userinfo: { phone_number: { essential: true } } });
  const { tokens } = await signIn(program, party, { person: { ...person, phone }, params: { scope: 'openid email', claims } });
  expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ phone_number: phone });
});

test('the last address stays, and a removal that was interrupted is finished by the same call', async () => {
  const person = await meetExtended();
  const { id, addresses } = await desk.find(person.email);
  const [number, email] = ['phone', 'email'].map((channel) => addresses.find((each) => each.channel === channel));
  if (!number || !email) throw new Error('an address is missing');
  await storage.records.remove('address', number.key); // as far as a killed one came
  expect(await desk.users.removeAddress(id, number, 'operator')).toMatchObject({ addresses: [email] });
  expect(await desk.users.removeAddress(id, email, 'operator')).toBe('last');
  expect((await desk.find(person.email)).id).toBe(id);
});
