// The example relying party, driven over HTTP against the bare library.
import { get } from 'node:http';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Provider } from 'oidc-provider';
import { startRelyingParty } from '../../examples/relying-party/server.ts';
import { client, openBareProvider } from './bare-provider.ts';
import { openBrowser } from './browser.ts';
import type { Page } from './browser.ts';

let bare: Awaited<ReturnType<typeof openBareProvider>>;
let app: Awaited<ReturnType<typeof startRelyingParty>>;
let provider: Provider;
let browser: ReturnType<typeof openBrowser>;

beforeEach(async () => {
  // The library warns, rightly, of everything that makes this a test.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  jest.spyOn(console, 'info').mockImplementation(() => {});
  bare = await openBareProvider();
  app = await startRelyingParty({ issuer: bare.issuer, port: 0, ...client });
  provider = bare.provide(app.url);
  browser = openBrowser();
});

afterEach(async () => {
  await app.close();
  await bare.close();
  jest.restoreAllMocks();
});

const ask = async (request: string) => browser.submit(await browser.open(app.url), { request }, '/sign-in');

async function signIn(request = 'everything', login = 'ana'): Promise<Page> {
  const consent = await browser.submit(await ask(request), { login, password: 'any' });
  return consent.url.origin === app.url ? consent : browser.submit(consent, {});
}

const isCallback = ({ pathname }: URL) => pathname === '/callback';
const sessionId = () => [...browser.cookies].find(([key]) => key.startsWith('127.0.0.1 '))?.[1];

/** The row of a claim, as text. */
function claim(page: Page, name: string): string | undefined {
  const row = new RegExp(`<tr data-claim="${name}">([\\s\\S]*?)</tr>`).exec(page.text)?.[1];
  return row
    ?.replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

test('the claims that were received are shown, with what was verified and where they came from', async () => {
  const page = await signIn();
  expect(page.url.href).toBe(`${app.url}/`);
  expect(claim(page, 'email')).toBe('Email address email ana@example.com Verified from userinfo');
  expect(claim(page, 'phone_number')).toBe('Phone number phone_number +34600000001 Not verified from userinfo');
  expect(claim(page, 'sub')).toMatch(/ ana from userinfo and ID token$/);
  expect(claim(page, 'auth_time')).toMatch(/ UTC from ID token$/);
  expect(page.text).toContain('&quot;alg&quot;: &quot;RS256&quot;');
});

test.each([
  ['email', ['email']],
  ['phone', ['phone_number']],
  ['email-and-phone', ['email', 'phone_number']],
])('the request "%s" asks for that and no more', async (request, expected) => {
  const page = await signIn(request);
  expect(['email', 'phone_number'].filter((name) => claim(page, name))).toEqual(expected);
  expect(page.text).not.toContain('action="/refresh"');
});

test('a refresh brings new tokens for the same person', async () => {
  const before = await signIn();
  const granted = jest.fn();
  provider.on('grant.success', granted);
  const after = await browser.submit(before, {}, '/refresh');
  expect(granted).toHaveBeenCalledTimes(1);
  expect(after.text).toContain('Refreshed.');
  expect(claim(after, 'email')).toBe(claim(before, 'email'));
  expect((await browser.open(app.url)).text).not.toContain('Refreshed.');
});

test('a refresh after the grant was revoked ends the session here', async () => {
  const page = await signIn();
  provider.once('grant.error', () => {});
  jest.spyOn(provider.Grant, 'find').mockResolvedValue(undefined);
  const ended = await browser.submit(page, {}, '/refresh');
  expect(ended.status).toBe(400);
  expect(ended.text).toContain('This sign-in has ended');
  expect((await browser.open(app.url)).text).toContain('Sign in with Latchkey');
});

test('signing out ends both sessions and comes back', async () => {
  const atProvider = await browser.submit(await signIn(), {}, '/sign-out');
  expect(atProvider.url.origin).toBe(bare.issuer);
  const back = await browser.submit(atProvider, { logout: 'yes' });
  expect(back.url.origin).toBe(app.url);
  expect(back.text).toContain('You’re signed out');
  expect((await ask('email')).text).toContain('name="login"');
});

test('a wrong client secret is told to the developer, not blamed on the person', async () => {
  provider.once('grant.error', () => {});
  jest.spyOn(provider.Client.prototype, 'compareClientSecret').mockReturnValue(Promise.resolve(false));
  const page = await signIn('email');
  expect(page.status).toBe(502);
  expect(page.text).toContain('Latchkey couldn’t do what this app asked');
  expect(page.text).toContain('invalid_client');
});

test('a person who says no is told that nothing was shared', async () => {
  const login = await ask('email');
  const denied = await browser.open(`${login.url.href}/abort`);
  expect(denied.status).toBe(403);
  expect(denied.text).toContain('Nothing was shared');
  expect(denied.text).toContain('access_denied');
});

test('an answer with another state, or in another browser, is refused and its code left unused', async () => {
  const login = await browser.submit(await ask('email'), { login: 'ana', password: 'any' });
  const { url } = await browser.upTo(isCallback, () => browser.submit(login, {}));
  const used = jest.fn();
  provider.on('grant.success', used);
  const forged = new URL(url);
  forged.searchParams.set('state', 'another');
  for (const page of [await browser.open(forged), await openBrowser().open(url)]) {
    expect(page.status).toBe(400);
    expect(page.text).toContain('This sign-in didn’t start here');
  }
  expect(used).not.toHaveBeenCalled();
  expect((await browser.open(url)).text).toContain('You’re signed in');
  expect((await browser.open(url)).status).toBe(400);
});

test('an answer whose issuer was changed is refused', async () => {
  const login = await browser.submit(await ask('email'), { login: 'ana', password: 'any' });
  const { url } = await browser.upTo(isCallback, () => browser.submit(login, {}));
  url.searchParams.set('iss', 'https://attacker.example');
  expect((await browser.open(url)).text).toContain('We couldn’t check Latchkey’s answer');
});

test('a fresh sign-in that was asked for cannot be taken out of the request on its way', async () => {
  await signIn('email');
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now + 3_600_000);
  const { url } = await browser.upTo(
    ({ pathname }) => pathname === '/auth',
    () => ask('fresh-sign-in'),
  );
  expect(url.searchParams.get('prompt')).toBe('login');
  url.searchParams.delete('prompt');
  const page = await browser.open(url);
  expect(page.status).toBe(400);
  expect(page.text).toContain('That sign-in wasn’t fresh');
});

test('before the provider is there the home page works and a sign-in says so; afterwards it works without a restart', async () => {
  const late = await openBareProvider();
  const early = await startRelyingParty({ issuer: late.issuer, port: 0, ...client });
  const home = await browser.open(early.url);
  expect(home.status).toBe(200);
  const refused = await browser.submit(home, { request: 'email' }, '/sign-in');
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('Latchkey isn’t answering');
  late.provide(early.url);
  expect((await browser.submit(home, { request: 'email' }, '/sign-in')).text).toContain('name="login"');
  await early.close();
  await late.close();
});

test('the session gets a new id at sign-in, in a cookie that scripts and other sites cannot use', async () => {
  await ask('email');
  const before = sessionId();
  await signIn('email');
  expect(before).toBeTruthy();
  expect(sessionId()).not.toBe(before);
  const response = await fetch(`${app.url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ request: 'email' }),
    redirect: 'manual',
  });
  expect(response.headers.get('set-cookie')).toMatch(/^example_app_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
});

test('a form of another site does nothing', async () => {
  await signIn();
  const elsewhere: Page = { url: new URL('https://attacker.example'), status: 200, text: `<form action="${app.url}/sign-out"></form>` };
  expect((await browser.submit(elsewhere, {})).status).toBe(403);
  expect((await browser.open(app.url)).text).toContain('You’re signed in');
});

test('what came from outside is escaped', async () => {
  const page = await signIn('email', '<img src=x>');
  expect(page.text).toContain('&lt;img src=x&gt;@example.com');
  expect(page.text).not.toContain('<img');
});

test.each([
  ['/nowhere', 404],
  ['/sign-out', 404],
  ['/callback', 400],
  ['/callback?error=access_denied&state=made-up', 400],
])('GET %s is answered with a page and %i', async (path, status) => {
  const page = await browser.open(app.url + path);
  expect(page.status).toBe(status);
  expect(page.text).toContain('Back to the start');
});

test('another name of this machine leads to the one that the cookies belong to', async () => {
  const location = await new Promise((resolve) =>
    get(`${app.url}/?a=b`, { headers: { host: 'localhost:4000' } }, (response) => resolve(response.resume().headers.location)),
  );
  expect(location).toBe(`${app.url}/?a=b`);
});

test('a form longer than any of ours is refused', async () => {
  const page = await browser.submit(await browser.open(app.url), { request: 'x'.repeat(100_000) });
  expect(page.status).toBe(400);
});
