// Consent is about the very address that was on the page: another one that is proven later, or chosen for another app, is never given instead.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { openAccounts } from '../helpers/account-store.ts';
import { createClock } from '../helpers/clock.ts';
import { allow, meetPerson, type Person, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

const both = { scope: 'openid email phone' };
const freshNumber = { ...both, claims: JSON.stringify({ userinfo: { phone_number_verified: { max_age: 1 } } }) };
const house = { ...clientMetadata.web, client_id: 'house', redirect_uris: ['http://127.0.0.1:9/house'], consent: 'implicit' };
let storage: Storage;
let program: Program;
let party: RelyingParty;
let other: RelyingParty;
let first: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  storage = await openTestStorage();
  program = await startProgram({}, { storage, clients: [house] });
  party = await createRelyingParty(program.issuer);
  other = await createRelyingParty(program.issuer, clientMetadata.spa);
  first = await createRelyingParty(program.issuer, house);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await storage.close();
});

const read = async (from: RelyingParty, { access_token }: Tokens) => (await from.userinfo(access_token)).body;

/** Proves one more number, on the way to the other app; stops at its consent page. */
async function addNumber(person: Person): Promise<Person> {
  const { phone = '' } = meetPerson(program);
  clock.advance(31);
  const { answer } = await other.begin(person.browser, freshNumber);
  const { csrf = '' } = person.browser.findForm('/phone').fields;
  await person.browser.follow(await person.browser.post(answer.url, { csrf, phone }));
  await person.browser.submit('/code', { code: await program.codeFor(phone) });
  return { ...person, phone };
}

test('a number that is proven later is not released where another one was agreed to', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: both });
  const more = await addNumber(person);
  expect(await read(party, tokens)).toMatchObject({ phone_number: person.phone });
  await allow(more);
  expect(await read(party, tokens)).toMatchObject({ phone_number: person.phone });
  const again = await signIn(program, party, { person, params: { ...both, prompt: 'none' } });
  expect(await read(party, again.tokens)).toMatchObject({ phone_number: person.phone });
});

test('the same holds for first-party apps, which show no page', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, first, { person, params: both });
  await addNumber(person);
  for (const each of [tokens, (await signIn(program, first, { person, params: both })).tokens]) {
    expect(await read(first, each)).toMatchObject({ phone_number: person.phone });
  }
});

test('what is allowed on a page that was opened before another number was proven is the number on that page', async () => {
  const person = meetPerson(program);
  const { verifier } = await party.begin(person.browser, both);
  await proveEmail(program, person);
  const page = await provePhone(program, person);
  expect(page.text.replaceAll(' ', '')).toContain(person.phone);
  const { action, fields } = person.browser.findForm('/consent');
  const more = await addNumber(person);
  expect(person.browser.page.text.replaceAll(' ', '')).toContain(more.phone);
  const answer = await person.browser.post(action, { ...fields, decision: 'allow' });
  const { code = '' } = party.readCallback(await person.browser.follow(answer));
  expect(await read(party, (await party.redeem(code, verifier)).body)).toMatchObject({ phone_number: person.phone });
});

test('each app gets the number that was picked for it', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: both });
  const more = await addNumber(person);
  const { html, fields } = person.browser.findForm('/consent');
  const keys = [...html.matchAll(/type="radio"[^>]*name="address_phone" value="([^"]+)"/g)].map(([, key = '']) => key);
  expect(keys).toHaveLength(2);
  await allow(person, { address_phone: keys.find((key) => key !== fields.address_phone) ?? '' });
  const picked = await signIn(program, other, { person, params: both });
  expect(await read(other, picked.tokens)).toMatchObject({ phone_number: person.phone });
  await party.begin(person.browser, { ...both, prompt: 'consent' });
  await allow(person, { address_phone: String(fields.address_phone) });
  expect(await read(party, tokens)).toMatchObject({ phone_number: more.phone });
  expect(await read(other, picked.tokens)).toMatchObject({ phone_number: person.phone });
});

test('an address that goes while its page is open is not replaced by another one', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person, params: both });
  const more = await addNumber(person);
  await openAccounts(program, storage).drop(more.phone ?? '');
  await allow(more);
  expect((await other.begin(person.browser, both)).answer.url).toMatch(/\/consent$/);
  expect(person.browser.page.text.replaceAll(' ', '')).toContain(person.phone);
});

test('an address that is gone releases nothing, and the person is asked again', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: both });
  const more = await addNumber(person);
  await allow(more);
  await openAccounts(program, storage).drop(person.phone ?? '');
  expect(await read(party, tokens)).toEqual({ sub: expect.any(String), email: person.email, email_verified: true });
  expect(await party.silently(person.browser, both)).toHaveProperty('code');
  const { answer, verifier } = await party.begin(person.browser, both);
  expect(answer.url).toMatch(/\/consent$/);
  expect(answer.text.replaceAll(' ', '')).toContain(more.phone);
  const { code = '' } = party.readCallback(await allow(person));
  expect(await read(party, (await party.redeem(code, verifier)).body)).toMatchObject({ phone_number: more.phone });
});
