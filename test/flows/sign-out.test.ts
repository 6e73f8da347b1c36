// Signing out as an app asks for it (OpenID Connect RP-Initiated Logout): the person decides, and what ends is really over.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, type Person, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';

const [back = ''] = clientMetadata.web.post_logout_redirect_uris;
const confirm = '/sign-out/confirm';
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

async function meetSignedIn(params: Record<string, string> = {}) {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params });
  return { person, tokens };
}

/** What the app sends the browser to. */
function askToSignOut({ browser }: Person, tokens: Tokens, params: Record<string, string> = {}) {
  const query = new URLSearchParams({ id_token_hint: tokens.id_token, ...params });
  return browser.open(`${String(party.metadata.end_session_endpoint)}?${query.toString()}`);
}

const statusOf = async ({ access_token }: Tokens) => (await party.userinfo(access_token)).status;

test('the person is asked, on a page of ours that names the app, and nothing has ended before they answer', async () => {
  const { person, tokens } = await meetSignedIn();
  const page = await askToSignOut(person, tokens);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Northwind');
  expect(page.text).toContain('<html lang="en" dir="ltr"');
  expect(await party.silently(person.browser)).toHaveProperty('code');
  expect(await statusOf(tokens)).toBe(200);
});

test('after "sign out" the session, its tokens and its silent sign-in are over, and the page says so', async () => {
  const { person, tokens } = await meetSignedIn();
  const { answer, verifier } = await party.begin(person.browser);
  const { code = '' } = party.readCallback(answer);
  await askToSignOut(person, tokens);
  const page = await person.browser.submit(confirm, { logout: 'yes' });
  expect(page.status).toBe(200);
  expect(page.text).toContain('signed out');
  expect(await statusOf(tokens)).toBe(401);
  expect((await party.redeem(code, verifier)).body.error).toBe('invalid_grant');
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
  expect(person.browser.cookies().map(({ name }) => name)).not.toContain('session');
});

test('the cookie of a session that was signed out is worth nothing to whoever kept it', async () => {
  const { person, tokens } = await meetSignedIn();
  const cookie = person.browser.cookies().map(({ name, value }) => `${name}=${value}`);
  await askToSignOut(person, tokens);
  await person.browser.submit(confirm, { logout: 'yes' });
  const { url } = party.request({ prompt: 'none' });
  const answer = await meetPerson(program).browser.request(url, { headers: { cookie: cookie.join('; ') } });
  expect(party.readCallback(answer)).toMatchObject({ error: 'login_required' });
});

test('the browser goes back to where the app registered, with its state', async () => {
  const { person, tokens } = await meetSignedIn();
  await askToSignOut(person, tokens, { post_logout_redirect_uri: back, state: 'some-state' });
  const { location } = await person.browser.submit(confirm, { logout: 'yes' });
  expect(location).toBe(`${back}?state=some-state`);
});

test('an app may send the browser with a form, too (RP-Initiated Logout, 2)', async () => {
  const { person, tokens } = await meetSignedIn();
  const { browser } = person;
  const fields = { id_token_hint: tokens.id_token, post_logout_redirect_uri: back, state: 'é &+' };
  const page = await browser.follow(
    await browser.post(String(party.metadata.end_session_endpoint), fields, { origin: 'http://127.0.0.1:9' }),
  );
  expect(page.status).toBe(200);
  expect(page.text).toContain('Northwind');
  const { location = '' } = await browser.submit(confirm, { logout: 'yes' });
  expect(Object.fromEntries(new URL(location).searchParams)).toEqual({ state: 'é &+' });
  expect(await party.silently(browser)).toMatchObject({ error: 'login_required' });
});

test('it goes nowhere that the app has not registered', async () => {
  const { person, tokens } = await meetSignedIn();
  const page = await askToSignOut(person, tokens, { post_logout_redirect_uri: 'https://evil.example/' });
  expect(page.status).toBe(400);
  expect(page.location).toBeUndefined();
  expect(page.forms.map(({ action }) => action).filter((action) => action.endsWith(confirm))).toEqual([]);
});

test('"stay signed in" ends this app’s tokens and leaves the session, and the page says so', async () => {
  const { person, tokens } = await meetSignedIn();
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  const other = await signIn(program, spa, { person });
  await askToSignOut(person, tokens);
  const { fields } = person.browser.findForm(confirm);
  expect(fields).not.toHaveProperty('logout');
  const page = await person.browser.submit(confirm);
  expect(page.status).toBe(200);
  expect(page.text).toContain('<h1>You’re still signed in</h1>');
  expect(page.text).not.toContain('signed out');
  expect(await statusOf(tokens)).toBe(401);
  expect(await statusOf(other.tokens)).toBe(200);
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test.each([
  ['stays', {}],
  ['leaves', { logout: 'yes' }],
])('whoever %s is told so in the language that the app asked for', async (_, decision) => {
  const { person, tokens } = await meetSignedIn();
  const pages = [await askToSignOut(person, tokens, { ui_locales: 'ar' }), await person.browser.submit(confirm, decision)];
  for (const page of pages) expect([page.status, page.text]).toEqual([200, expect.stringContaining('<html lang="ar" dir="rtl">')]);
});

test('signing out in one browser leaves the person’s other browsers alone', async () => {
  const { person, tokens } = await meetSignedIn();
  clock.advance(31);
  const elsewhere = meetPerson(program, { email: person.email });
  const other = await signIn(program, party, { person: elsewhere });
  await askToSignOut(person, tokens);
  await person.browser.submit(confirm, { logout: 'yes' });
  expect(await statusOf(other.tokens)).toBe(200);
  expect(await party.silently(elsewhere.browser)).toHaveProperty('code');
});

test('a form without its secret ends nothing', async () => {
  const { person, tokens } = await meetSignedIn();
  await askToSignOut(person, tokens);
  const target = new URL(person.browser.findForm(confirm).action, program.url).href;
  expect((await person.browser.post(target, { logout: 'yes' })).status).toBe(400);
  expect((await person.browser.post(target, { logout: 'yes', xsrf: 'guess' })).status).toBe(400);
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test('offline access that the person granted outlives the sign-out; everything else of the session does not', async () => {
  const offline = { scope: 'openid email offline_access', prompt: 'consent' };
  const { person, tokens } = await meetSignedIn(offline);
  await askToSignOut(person, tokens);
  await person.browser.submit(confirm, { logout: 'yes' });
  expect((await party.refresh(tokens.refresh_token ?? '')).status).toBe(200);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
});

test('after signing out the next person signs in with their own code', async () => {
  const { person, tokens } = await meetSignedIn();
  await askToSignOut(person, tokens);
  await person.browser.submit(confirm, { logout: 'yes' });
  const next = meetPerson(program, { browser: person.browser });
  const { answer, verifier } = await party.begin(next.browser);
  expect(answer.text).not.toContain(person.email);
  const { code = '' } = party.readCallback(await goThrough(program, next, answer));
  const { body } = await party.redeem(code, verifier);
  expect((await party.userinfo(body.access_token)).body.email).toBe(next.email);
});

test('whoever is not signed in is told at once that they are signed out', async () => {
  const { browser } = meetPerson(program);
  await browser.open(String(party.metadata.end_session_endpoint));
  expect((await browser.submit(confirm)).text).toContain('signed out');
});
