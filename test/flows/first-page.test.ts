// Where the authorization endpoint sends a browser: straight to the first page where nobody is signed in, and otherwise to where
// the stored state decides.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meetPerson, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  program = await startProgram({ signIn: { phoneAlone: true } });
  party = await createRelyingParty(program.issuer);
});
afterAll(() => program.close());

async function firstStop(params: Record<string, string>, person = meetPerson(program)): Promise<string> {
  const { headers } = await person.browser.request(party.request(params).url);
  return (headers.get('location') ?? '').replace(/^\/interaction\/[\w-]+/, '');
}

test.each([
  [{ scope: 'openid email' }, '/email'],
  [{ scope: 'openid email phone', prompt: 'login' }, '/email'],
  [{ scope: 'openid', prompt: 'create' }, '/email'],
  [{ scope: 'openid phone' }, '/identifier'],
  [{ scope: 'openid phone', acr_values: 'urn:latchkey:acr:email' }, '/email'],
  [{ scope: 'openid email', prompt: 'select_account' }, ''],
])('of a browser that nobody is signed in at, for %j', async (params, page) => {
  expect(await firstStop(params)).toBe(page);
});

test('of a session that lacks something: the dispatcher knows what', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  expect(await firstStop({ scope: 'openid email', prompt: 'login' }, person)).toBe('');
  expect(await firstStop({ scope: 'openid email phone', claims: '{"userinfo":{"phone_number":{"essential":true}}}' }, person)).toBe('');
});

test('the first page begins a sign-in, and going back to it begins no other', async () => {
  const person = meetPerson(program);
  const { browser } = person;
  const { answer } = await party.begin(browser, { scope: 'openid email' });
  expect(new URL(answer.url).pathname).toMatch(/\/email$/);
  await browser.submit('/email', { email: person.email });
  const back = await browser.open(answer.url);
  expect(back.text).toContain(person.email);
  expect((await program.outbox(person.email)).length).toBe(1);
  await browser.open(answer.url.replace(/email$/, 'code'));
  expect((await browser.submit('/code', { code: await program.codeFor(person.email) })).url).toMatch(/\/consent$/);
});

test('of two first forms sent at once one begins the sign-in: one message, whose code works', async () => {
  const person = meetPerson(program);
  const { browser } = person;
  await party.begin(browser, { scope: 'openid email' });
  const both = await Promise.all([1, 2].map(() => browser.submit('/email', { email: person.email })));
  expect(both.map(({ url }) => new URL(url).pathname.split('/').at(-1))).toEqual(['code', 'code']);
  expect((await program.outbox(person.email)).length).toBe(1);
  expect((await browser.submit('/code', { code: await program.codeFor(person.email) })).url).toMatch(/\/consent$/);
});

test('the first page of a sign-in that is done leads on, not back', async () => {
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser, { scope: 'openid email' });
  const consent = await proveEmail(program, person);
  expect(consent.url).toMatch(/\/consent$/);
  expect((await person.browser.open(answer.url)).url).toBe(consent.url);
});
