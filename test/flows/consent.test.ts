// Consent: exact values, item by item; kept per person and client, asked once, and never given for somebody who declined.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createBrowser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { allow, goThrough, meetPerson, type Person, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const both = { scope: 'openid email phone' };
const house = { ...clientMetadata.web, client_id: 'house', redirect_uris: ['http://127.0.0.1:9/house'], consent: 'implicit' };
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram({}, { clients: [house] });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

/** On the consent page, email and phone being proven. */
async function reachConsent(person: Person, params: Record<string, string> = both) {
  const { verifier } = await party.begin(person.browser, params);
  await proveEmail(program, person);
  const page = await provePhone(program, person);
  expect(page.url).toMatch(/\/consent$/);
  return { page, verifier };
}

const userinfo = async (person: Person, params: Record<string, string>) =>
  (await party.userinfo((await signIn(program, party, { person, params })).tokens.access_token)).body;

test('the page shows the exact values, and which app and host get them', async () => {
  const person = meetPerson(program);
  const { page } = await reachConsent(person);
  expect(page.text).toContain('Northwind');
  expect(page.text).toContain('127.0.0.1:9');
  expect(page.text).toContain(person.email);
  expect(page.text.replaceAll(' ', '')).toContain(person.phone);
});

test('words are in the page’s language, and dates as they are written in the browser’s region', async () => {
  const person = { ...meetPerson(program), browser: createBrowser(program.url, { 'accept-language': 'en-GB,en;q=0.8' }) };
  const { page } = await reachConsent(person);
  expect(page.text).toContain('<html lang="en"');
  expect(page.text).toMatch(/Verified \d{1,2} [A-Z][a-z]+ \d{4}/);
});

test('for how long an app keeps its access while the person is away is what the settings say', async () => {
  const lifetimes = { refreshTokenSeconds: 90 * 86_400 };
  const strict = await startProgram({ lifetimes });
  const person = meetPerson(strict);
  await (await createRelyingParty(strict.issuer)).begin(person.browser, { scope: 'openid offline_access', prompt: 'consent' });
  const { text } = await proveEmail(strict, person);
  expect(text).toContain('keeps this access while you’re away, for up to 90 days after you sign in.');
  await strict.close();
});

test('an unticked claim is released nowhere, and that is remembered', async () => {
  const person = meetPerson(program);
  const claims = JSON.stringify({ id_token: { phone_number: null } });
  const { verifier } = await reachConsent(person, { ...both, claims });
  const { code = '' } = party.readCallback(await allow(person, { share: ['email'] }));
  const { body } = await party.redeem(code, verifier);
  expect(decodeJwt(body.id_token)).not.toHaveProperty('phone_number');
  const released = { sub: expect.any(String), email: person.email, email_verified: true };
  expect((await party.userinfo(body.access_token)).body).toEqual(released);
  expect(await userinfo(person, { ...both, prompt: 'none' })).toEqual(released);
});

test('an unticked box is still unticked when consent is asked again, and can be ticked', async () => {
  const person = meetPerson(program);
  await reachConsent(person);
  await allow(person, { share: ['email'] });
  await party.begin(person.browser, { ...both, prompt: 'consent' });
  expect(person.browser.findForm('/consent').fields.share).toBe('email');
  await allow(person, { share: ['email', 'phone'] });
  expect(await userinfo(person, both)).toMatchObject({ phone_number: person.phone });
});

test('an essential claim has no box to untick, and a form without it shares it all the same', async () => {
  const person = meetPerson(program);
  const claims = JSON.stringify({ userinfo: { email: { essential: true } } });
  await reachConsent(person, { ...both, claims });
  expect(person.browser.findForm('/consent').fields.share).toBe('phone');
  await allow(person, { share: [] });
  expect(await userinfo(person, { ...both, claims, prompt: 'none' })).toMatchObject({ email: person.email });
});

test('an essential claim that was unticked before is asked again', async () => {
  const person = meetPerson(program);
  await reachConsent(person);
  await allow(person, { share: [] });
  const claims = JSON.stringify({ userinfo: { email: { essential: true } } });
  expect(await party.silently(person.browser, { ...both, claims })).toMatchObject({ error: 'consent_required' });
  expect((await party.begin(person.browser, { ...both, claims })).answer.url).toMatch(/\/consent$/);
});

test('"Don’t allow" is access_denied, and nothing is agreed: the next request asks again', async () => {
  const person = meetPerson(program);
  await reachConsent(person);
  const back = await person.browser.submit('/consent', { decision: 'deny' });
  expect(party.readCallback(back)).toMatchObject({ error: 'access_denied' });
  expect(await party.silently(person.browser, { scope: 'openid' })).toMatchObject({ error: 'consent_required' });
  expect((await party.begin(person.browser)).answer.url).toMatch(/\/consent$/);
});

test('declining a number on the way to the consent page agrees to nothing', async () => {
  const person = meetPerson(program);
  await party.begin(person.browser, { scope: 'openid phone', acr_values: 'urn:latchkey:acr:email' });
  await proveEmail(program, person);
  const page = await person.browser.submit('/decline', { choice: 'not_now' });
  expect(page.url).toMatch(/\/consent$/);
  await person.browser.submit('/consent', { decision: 'deny' });
  expect(await party.silently(person.browser, { scope: 'openid' })).toMatchObject({ error: 'consent_required' });
});

test('what a client asks for the first time is asked for, and what it has already got stays', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  const { answer } = await party.begin(person.browser, both);
  expect(answer.url).toMatch(/\/phone$/);
  expect((await provePhone(program, person)).url).toMatch(/\/consent$/);
  await allow(person);
  expect(await userinfo(person, both)).toMatchObject({ email: person.email, phone_number: person.phone });
});

test('one client’s consent is nothing to another', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  expect((await spa.begin(person.browser)).answer.url).toMatch(/\/consent$/);
});

test('"Not you?" lets somebody else sign in and decide for themselves', async () => {
  const person = meetPerson(program);
  const { verifier } = await reachConsent(person);
  const other = meetPerson(program, { browser: person.browser });
  const page = await person.browser.submit('/restart');
  expect(page.url).toMatch(/\/email$/);
  expect(page.text).not.toContain(person.email);
  const { code = '' } = party.readCallback(await goThrough(program, other, page));
  const { body } = await party.redeem(code, verifier);
  expect((await party.userinfo(body.access_token)).body).toMatchObject({ email: other.email, phone_number: other.phone });
});

test('a first-party client skips the page, and gets what was proven', async () => {
  const person = meetPerson(program);
  const own = await createRelyingParty(program.issuer, house);
  const { answer, verifier } = await own.begin(person.browser);
  expect(answer.url).toMatch(/\/email$/);
  const { code = '' } = own.readCallback(await proveEmail(program, person));
  const { body } = await own.redeem(code, verifier);
  expect((await own.userinfo(body.access_token)).body).toMatchObject({ email: person.email });
});

test('a first-party client, too, is not given what somebody declined, and has it not asked again', async () => {
  const person = meetPerson(program);
  const own = await createRelyingParty(program.issuer, house);
  await own.begin(person.browser, both);
  await proveEmail(program, person);
  own.readCallback(await person.browser.submit('/decline', { choice: 'no_mobile' }));
  await signIn(program, party, { person, params: both }); // the number gets on the account for another client
  const { tokens } = await signIn(program, own, { person, params: { ...both, prompt: 'none' } });
  expect((await own.userinfo(tokens.access_token)).body).not.toHaveProperty('phone_number');
});
