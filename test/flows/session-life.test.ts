// How long a session lives: fourteen days from the sign-in, used or not; on a shared computer an hour, or until the window closes.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const minute = 60;
const day = 86_400;
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

async function signInOnSharedComputer() {
  const person = meetPerson(program);
  const { answer, verifier } = await party.begin(person.browser);
  expect(answer.url).toMatch(/\/email$/);
  await person.browser.submit('/email', { email: person.email, shared: 'yes' });
  const next = await person.browser.submit('/code', { code: await program.codeFor(person.email) });
  const { code = '' } = party.readCallback(await goThrough(program, person, next));
  return { person, tokens: (await party.redeem(code, verifier)).body };
}

test('a session ends fourteen days after the sign-in, however much it is used', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  for (const days of [5, 5, 3.9]) {
    clock.advance(days * day);
    expect(await party.silently(person.browser)).toHaveProperty('code');
  }
  clock.advance(0.2 * day);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
});

test('a phone that is added on the way makes the session no longer', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  clock.advance(10 * day);
  await party.begin(person.browser, { scope: 'openid email phone' });
  await provePhone(program, person);
  clock.advance(4.1 * day);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
});

test('a new sign-in begins a new fourteen days', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  clock.advance(10 * day);
  await signIn(program, party, { person, params: { prompt: 'login' } });
  clock.advance(10 * day);
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test('the cookie of a session outlives the window', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  person.browser.closeWindow();
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test('on a shared computer the session ends with the window: its cookie has no expiry', async () => {
  const { person } = await signInOnSharedComputer();
  const cookies = person.browser.cookies().filter(({ name }) => name.startsWith('session'));
  expect(cookies.map(({ expires }) => expires)).toEqual(cookies.map(() => undefined));
  expect(await party.silently(person.browser)).toHaveProperty('code');
  person.browser.closeWindow();
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
});

test('on a shared computer the session ends after an hour, however much it is used, and its tokens with it', async () => {
  const { person, tokens } = await signInOnSharedComputer();
  for (const minutes of [30, 29]) {
    clock.advance(minutes * minute);
    expect(await party.silently(person.browser)).toHaveProperty('code');
  }
  clock.advance(2 * minute);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
  expect((await party.userinfo(tokens.access_token)).status).toBe(401);
});

test('what is added to a session on a shared computer makes it no longer', async () => {
  const { person } = await signInOnSharedComputer();
  clock.advance(30 * minute);
  await party.begin(person.browser, { scope: 'openid email phone' });
  await provePhone(program, person);
  expect(await party.silently(person.browser)).toHaveProperty('code');
  clock.advance(31 * minute);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
});

test('a shared computer does not become a known browser, and does not fill in the next person’s form', async () => {
  const { person } = await signInOnSharedComputer();
  const device = person.browser.cookies().find(({ name }) => name === 'device');
  expect(device?.value).not.toContain('.');
  clock.advance(61 * minute);
  const { answer } = await party.begin(person.browser);
  expect(answer.text).not.toContain(person.email);
});

test('a sign-in that is half done is no session', async () => {
  const person = meetPerson(program);
  await party.begin(person.browser, { scope: 'openid email phone' });
  expect((await proveEmail(program, person)).url).toMatch(/\/phone$/);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
});

test('a sign-in that lies half done for thirty minutes begins again', async () => {
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser);
  clock.advance(31 * minute);
  const gone = await person.browser.open(answer.url);
  expect(gone.status).toBe(400);
  expect(gone.text).toContain(String(gone.headers.get('x-request-id')));
});

test('a browser in which nobody has signed in is remembered for as long as a sign-in takes: anybody can have any number of them', async () => {
  for (const path of ['/device', '/oidc/sign-out']) {
    const { browser } = meetPerson(program);
    await browser.open(path);
    const { expires = Infinity } = browser.cookies().find(({ name }) => name === 'session') ?? {};
    expect(expires).toBeLessThanOrEqual(Date.now() + 30 * minute * 1000);
  }
});
