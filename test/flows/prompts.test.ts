// What a client can ask about the sign-in itself: prompt, max_age, hints and languages (OpenID Connect Core, 3.1.2.1).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';

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

/** Somebody who signed in a while ago. */
async function meetSignedIn(params: Record<string, string> = {}) {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params });
  clock.advance(100);
  return { person, tokens, ...(decodeJwt(tokens.id_token) as { sub: string; auth_time: number }) };
}

async function idToken(person: Person, params: Record<string, string>) {
  return decodeJwt((await signIn(program, party, { person, params })).tokens.id_token) as { sub: string; auth_time: number };
}

test('prompt=login asks a code of whoever is signed in, and renews auth_time', async () => {
  const { person, sub, auth_time } = await meetSignedIn();
  const { answer } = await party.begin(person.browser, { prompt: 'login' });
  expect(answer.url).toMatch(/\/email$/);
  expect(person.browser.findForm('/email').fields.email).toBe(person.email);
  const after = await idToken(person, { prompt: 'login' });
  expect(after.sub).toBe(sub);
  expect(after.auth_time).toBeGreaterThanOrEqual(auth_time + 100);
});

test('prompt=login cannot be answered with what was proven before it', async () => {
  const { person } = await meetSignedIn();
  const { answer } = await party.begin(person.browser, { prompt: 'login' });
  const dispatcher = answer.url.replace(/\/email$/, '');
  expect((await person.browser.open(dispatcher)).url).toMatch(/\/email$/);
});

test('max_age asks a code only of sessions that are older', async () => {
  const { person, auth_time } = await meetSignedIn();
  expect((await idToken(person, { max_age: '1000' })).auth_time).toBe(auth_time);
  expect(await party.silently(person.browser, { max_age: '50' })).toMatchObject({ error: 'login_required' });
  const { answer } = await party.begin(person.browser, { max_age: '50' });
  expect(answer.url).toMatch(/\/email$/);
  expect((await idToken(person, { max_age: '50' })).auth_time).toBeGreaterThanOrEqual(auth_time + 100);
});

test('prompt=none is login_required without a session, consent_required without consent, and a code with both', async () => {
  expect(await party.silently(meetPerson(program).browser)).toMatchObject({ error: 'login_required' });
  const { person } = await meetSignedIn();
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  expect(await spa.silently(person.browser)).toMatchObject({ error: 'consent_required' });
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test('an optional claim never makes prompt=none fail; an essential one that is missing does', async () => {
  const { person } = await meetSignedIn();
  const ask = (member: unknown) => ({ claims: JSON.stringify({ userinfo: { phone_number: member } }) });
  expect(await party.silently(person.browser, { scope: 'openid email phone' })).toHaveProperty('code');
  expect(await party.silently(person.browser, ask(null))).toHaveProperty('code');
  expect(await party.silently(person.browser, ask({ essential: true }))).toHaveProperty('error');
});

test('an optional freshness never makes prompt=none fail either; the client sees the date', async () => {
  const { person } = await meetSignedIn({ scope: 'openid email phone' });
  for (const name of ['email_verified', 'phone_number_verified']) {
    const claims = (member: object) => JSON.stringify({ userinfo: { [name]: { max_age: 50, ...member } } });
    expect(await party.silently(person.browser, { claims: claims({}) })).toHaveProperty('code');
    expect(await party.silently(person.browser, { claims: claims({ essential: true }) })).toHaveProperty('error');
  }
});

test('prompt=select_account lets the person go on as who is signed in, without a code', async () => {
  const { person, sub } = await meetSignedIn();
  const { answer, verifier } = await party.begin(person.browser, { prompt: 'select_account' });
  expect(answer.url).toMatch(/\/choose-account$/);
  expect(answer.text).toContain(person.email);
  const { code = '' } = party.readCallback(await person.browser.submit('/choose-account', { choice: 'continue' }));
  expect(decodeJwt((await party.redeem(code, verifier)).body.id_token)).toMatchObject({ sub });
});

test('prompt=select_account lets the person be somebody else', async () => {
  const { person, sub } = await meetSignedIn();
  const { verifier } = await party.begin(person.browser, { prompt: 'select_account' });
  const other = meetPerson(program, { browser: person.browser });
  const email = await person.browser.submit('/choose-account', { choice: 'other' });
  expect(email.url).toMatch(/\/email$/);
  expect(person.browser.findForm('/email').fields.email).toBe('');
  const { code = '' } = party.readCallback(await goThrough(program, other, email));
  const { body } = await party.redeem(code, verifier);
  expect(decodeJwt(body.id_token).sub).not.toBe(sub);
  expect((await party.userinfo(body.access_token)).body.email).toBe(other.email);
});

test('prompt=consent shows the consent page again', async () => {
  const { person } = await meetSignedIn();
  expect((await party.begin(person.browser, { prompt: 'consent' })).answer.url).toMatch(/\/consent$/);
});

test('login_hint fills in the email and is not trusted: whoever proves another one is signed in as that', async () => {
  const person = meetPerson(program);
  const { answer, verifier } = await party.begin(person.browser, { login_hint: 'somebody@example.com' });
  expect(person.browser.findForm('/email').fields.email).toBe('somebody@example.com');
  const { code = '' } = party.readCallback(await goThrough(program, person, answer));
  const { body } = await party.redeem(code, verifier);
  expect((await party.userinfo(body.access_token)).body.email).toBe(person.email);
});

test('ui_locales=ar gives Arabic pages, right to left, and an Arabic message', async () => {
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser, { ui_locales: 'xx ar en' });
  expect(answer.text).toMatch(/<html[^>]*\slang="ar"[^>]*\sdir="rtl"/);
  await proveEmail(program, person);
  expect((await program.outbox(person.email))[0]?.text).toMatch(/[\u0600-\u06ff]{3}/);
});

const another: [string, (hinted: { tokens: Tokens; sub: string }) => Record<string, string>][] = [
  ['an id_token_hint', ({ tokens }) => ({ id_token_hint: tokens.id_token })],
  ['a sub in the claims parameter', ({ sub }) => ({ claims: JSON.stringify({ id_token: { sub: { value: sub } } }) })],
];

test.each(another)('%s of somebody else is login_required, silently and after one sign-in, never a loop', async (_, asking) => {
  const hinted = await meetSignedIn();
  const { person } = await meetSignedIn();
  expect(await party.silently(person.browser, asking(hinted))).toMatchObject({ error: 'login_required' });
  const { answer } = await party.begin(person.browser, asking(hinted));
  expect(answer.url).toMatch(/\/email$/);
  expect(party.readCallback(await proveEmail(program, person))).toMatchObject({ error: 'login_required' });
});

test.each(another)('%s of somebody else is answered when that person signs in', async (_, asking) => {
  const hinted = await meetSignedIn();
  const { person } = await meetSignedIn();
  const { answer, verifier } = await party.begin(person.browser, asking(hinted));
  const { code = '' } = party.readCallback(await goThrough(program, { ...hinted.person, browser: person.browser }, answer));
  expect(decodeJwt((await party.redeem(code, verifier)).body.id_token).sub).toBe(hinted.sub);
});

test('an id_token_hint of the person who is signed in is served at once', async () => {
  const { person, tokens } = await meetSignedIn();
  expect(await party.silently(person.browser, { id_token_hint: tokens.id_token })).toHaveProperty('code');
});
