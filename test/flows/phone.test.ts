// The phone step: whom it asks, who may say no and for how long, and which numbers it takes.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { allow, meetPerson, type Person, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const day = 86_400;
const both = { scope: 'openid email phone' };
const essential = { scope: 'openid email', claims: JSON.stringify({ userinfo: { phone_number: { essential: true } } }) };
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

/** The same person at another time, in a browser that knows nothing. */
const meetAgain = ({ email, phone }: Person) => meetPerson(program, { email, phone });

async function reachPhone(person: Person, params: Record<string, string> = both) {
  await party.begin(person.browser, params);
  const page = await proveEmail(program, person);
  expect(page.url).toMatch(/\/phone$/);
  return page;
}

async function declinePhone(choice: string) {
  const person = meetPerson(program);
  await reachPhone(person);
  expect((await person.browser.submit('/decline', { choice })).url).toMatch(/\/consent$/);
  party.readCallback(await allow(person));
  return person;
}

/** The page after the email, for the same person in a fresh browser, so many days later. */
async function pageAfter(person: Person, days: number, params: Record<string, string> = both) {
  clock.advance(days * day + 31);
  const again = meetAgain(person);
  await party.begin(again.browser, params);
  return (await proveEmail(program, again)).location ?? again.browser.page.url;
}

test('that the person chooses at the end whether to share the number is said only where that is so', async () => {
  const words = 'you choose at the end whether to share it';
  expect((await reachPhone(meetPerson(program))).text).toContain(words);
  expect((await reachPhone(meetPerson(program), essential)).text).not.toContain(words);
  const proof = { scope: 'openid email', acr_values: 'urn:latchkey:acr:email-phone' };
  expect((await reachPhone(meetPerson(program), proof)).text).not.toContain(words);

  const house = { ...clientMetadata.web, client_id: 'house', consent: 'implicit' };
  const own = await startProgram({}, { clients: [house] });
  const person = meetPerson(own);
  await (await createRelyingParty(own.issuer, house)).begin(person.browser, both);
  const page = await proveEmail(own, person);
  expect([page.url, page.text]).toEqual([expect.stringMatching(/\/phone$/), expect.not.stringContaining(words)]);
  await own.close();
});

test('"Not now" holds for thirty days, in every browser', async () => {
  const person = await declinePhone('not_now');
  expect(await party.silently(person.browser, both)).toHaveProperty('code');
  expect((await party.begin(person.browser, both)).answer.location).toContain('code=');
  expect(await pageAfter(person, 29)).toContain('code=');
  expect(await pageAfter(person, 2)).toMatch(/\/phone$/);
});

test('"I don’t have a mobile" holds until the person changes it', async () => {
  const person = await declinePhone('no_mobile');
  expect(await pageAfter(person, 31)).toContain('code=');
  expect(await pageAfter(person, 300)).toContain('code=');
});

test('a client that insists asks again whoever has declined, and takes no "no"', async () => {
  const person = await declinePhone('no_mobile');
  const page = await party.begin(person.browser, essential);
  expect(page.answer.url).toMatch(/\/phone$/);
  const { fields } = person.browser.findForm('/phone');
  expect(page.answer.forms.some(({ action }) => action.endsWith('/decline'))).toBe(false);
  const forced = await person.browser.post(page.answer.url.replace('/phone', '/decline'), { csrf: fields.csrf ?? '', choice: 'not_now' });
  expect(forced.status).toBe(403);
  expect(party.readCallback(await person.browser.submit('/cancel'))).toMatchObject({ error: 'access_denied' });
});

test('a number that is added later ends the "no"', async () => {
  const person = await declinePhone('no_mobile');
  await party.begin(person.browser, essential);
  expect((await provePhone(program, person)).url).toMatch(/\/consent$/);
  await allow(person);
  const { tokens } = await signIn(program, party, { person, params: both });
  expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ phone_number: person.phone });
});

test('a number that is verified and fresh is not asked again; one that is older than ninety days is', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person, params: both });
  const texts = async () => (await program.outbox(person.phone ?? '')).length;
  expect(await pageAfter(person, 89)).toContain('code=');
  expect(await texts()).toBe(1);
  expect(await pageAfter(person, 2)).toMatch(/\/phone$/);
});

test('a known number is offered by its last digits alone, and texted without being typed', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person, params: both });
  clock.advance(91 * day);
  const again = meetAgain(person);
  const page = await reachPhone(again);
  expect(page.text).toContain(`••• ${person.phone?.slice(-3)}`);
  expect(page.text.replaceAll(/\s/g, '')).not.toContain(person.phone?.slice(-6));
  expect((await again.browser.submit('/phone', { known: 'yes' })).url).toMatch(/\/code$/);
  const code = await program.codeFor(person.phone ?? '', 2);
  expect(party.readCallback(await again.browser.submit('/code', { code }))).toHaveProperty('code');
});

test.each([
  ['07400 123 456', 'GB', '+447400123456'],
  ['00447400123457', 'US', '+447400123457'],
  ['+44 (0)7400 123458', 'US', '+447400123458'],
  ['+34 600 000 001', 'GB', '+34600000001'],
  ['(201) 555-0123', 'US', '+12015550123'],
])('%s typed beside %s is texted at %s, and shown as it was understood', async (phone, country, e164) => {
  const person = meetPerson(program);
  await reachPhone(person);
  const page = await person.browser.submit('/phone', { phone, country });
  expect(page.url).toMatch(/\/code$/);
  expect(page.text.replaceAll(/[ -]/g, '')).toContain(e164);
  await program.codeFor(e164);
});

test.each([
  ['', 'GB', 'Enter your mobile number.'],
  ['12345', 'GB', 'isn’t a number we can text'],
  ['020 7946 0000', 'GB', 'can’t get texts'],
  ['0909 879 0000', 'GB', 'can’t get texts'],
  ['+8816 1234 5678', 'GB', 'can’t get texts'], // Iridium
  ['+870 773 111632', 'GB', 'can’t get texts'], // Inmarsat
  ['not a number', 'GB', 'isn’t a number we can text'],
])('%p is no number that can be texted: the page says so, keeps it, and nothing is sent', async (phone, country, words) => {
  const person = meetPerson(program);
  await reachPhone(person);
  const before = (await program.outbox('')).length;
  const page = await person.browser.submit('/phone', { phone, country });
  expect(page).toMatchObject({ status: 422, url: expect.stringMatching(/\/phone$/) });
  expect(page.text).toMatch(/<title>Error: /);
  expect(page.text).toContain(words);
  expect(person.browser.findForm('/phone').fields.phone).toBe(phone);
  expect(await program.outbox('')).toHaveLength(before);
});

test('numbers of a country that the operator left out are refused with another way named, and nothing is sent', async () => {
  const british = await startProgram({ phone: { countries: ['GB'] } });
  const person = meetPerson(british);
  const from = await createRelyingParty(british.issuer);
  await from.begin(person.browser, both);
  await proveEmail(british, person);
  const page = await person.browser.submit('/phone', { phone: '+34 600 000 001' });
  expect(page.status).toBe(422);
  expect(page.text).toContain('another country, or use another way');
  expect(await british.outbox('+34600000001')).toEqual([]);
  expect((await provePhone(british, person)).url).toMatch(/\/consent$/);
  await british.close();
});
