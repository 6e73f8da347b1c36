// When and by what somebody signed in: an answer tells of what was proven for it, and of nothing that was proven before it was asked for.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const both = { scope: 'openid email phone' };
const day = 86_400;
let program: Program;
let party: RelyingParty;
let clock: ReturnType<typeof createClock>;

beforeEach(async () => {
  clock = createClock();
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterEach(async () => {
  clock.restore();
  await program.close();
});

const secondsNow = () => Math.floor(Date.now() / 1000);

/** The ID token's words about a sign-in; `params` ask for it. */
async function signInAs(person: Person, params: Record<string, string>) {
  return decodeJwt((await signIn(program, party, { person, params })).tokens.id_token);
}

test.each([
  ['prompt=login', { prompt: 'login' }],
  ['max_age', { max_age: '600' }],
  ['max_age=0', { max_age: '0' }],
])('with %s a number that was proven a week ago is neither in amr nor in acr', async (_, params) => {
  const person = meetPerson(program);
  expect(await signInAs(person, both)).toMatchObject({ acr: 'urn:latchkey:acr:email-phone' });
  clock.advance(7 * day);
  const claims = await signInAs(person, { scope: 'openid email', ...params });
  expect(claims).toMatchObject({ amr: ['otp', 'email'], acr: 'urn:latchkey:acr:email' });
  expect(secondsNow() - Number(claims.auth_time)).toBeLessThan(60);
  expect(await signInAs(person, { prompt: 'none' })).toMatchObject({ amr: ['otp', 'email'], auth_time: claims.auth_time });
});

test('with max_age what was proven within it still counts', async () => {
  const person = meetPerson(program);
  await signInAs(person, both);
  clock.advance(300);
  expect(await signInAs(person, { scope: 'openid email', max_age: '600' })).toMatchObject({ acr: 'urn:latchkey:acr:email-phone' });
});

test.each<Record<string, string>>([{ prompt: 'login' }, { max_age: '0' }])(
  '%j asks for a code even in the second of the last one',
  async (params) => {
    const person = meetPerson(program);
    clock.stop();
    await signInAs(person, {});
    const { answer } = await party.begin(person.browser, params);
    expect(answer.url).toMatch(/\/email$/);
    clock.advance(31);
    expect(party.readCallback(await proveEmail(program, person))).toHaveProperty('code');
  },
);

test('auth_time is when the address was proven, not when an answer was made of it', async () => {
  const person = meetPerson(program);
  const first = await signInAs(person, {});
  clock.advance(3600);
  const claims = JSON.stringify({ userinfo: { email_verified: { max_age: 60 } } });
  const before = secondsNow();
  expect((await signInAs(person, { claims })).auth_time).toBe(first.auth_time);
  const after = secondsNow();
  clock.advance(50);
  const { answer, verifier } = await party.begin(person.browser, { max_age: '600' });
  const { body } = await party.redeem(party.readCallback(answer).code ?? '', verifier);
  const authTime = Number(decodeJwt(body.id_token).auth_time);
  expect(authTime).toBeGreaterThanOrEqual(before);
  expect(authTime).toBeLessThanOrEqual(after);
});

test('a computer that is not shared any more keeps its session when the window closes', async () => {
  const person = meetPerson(program);
  const { browser } = person;
  await party.begin(browser);
  await browser.submit('/email', { email: person.email, shared: 'on' });
  await goThrough(program, person, await browser.submit('/code', { code: await program.codeFor(person.email) }));
  clock.advance(120);
  const { answer } = await party.begin(browser, { prompt: 'login' });
  expect(answer.url).toMatch(/\/email$/);
  await browser.submit('/email', { email: person.email, shared: '' });
  await browser.submit('/code', { code: await program.codeFor(person.email, 2) });
  browser.closeWindow();
  clock.advance(2 * 3600);
  expect(await party.silently(browser)).toHaveProperty('code');
});

test('a computer that is shared from now on forgets its session when the window closes', async () => {
  const person = meetPerson(program);
  await signInAs(person, {});
  clock.advance(120);
  await party.begin(person.browser, { prompt: 'login' });
  await person.browser.submit('/email', { email: person.email, shared: 'on' });
  await person.browser.submit('/code', { code: await program.codeFor(person.email, 2) });
  person.browser.closeWindow();
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
});
