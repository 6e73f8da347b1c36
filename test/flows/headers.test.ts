// What every answer carries: headers that keep other sites out, and cookies that stay where they belong.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { allow, meetPerson, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

let program: Program;
let secure: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram();
  secure = await startProgram({ server: { issuer: 'https://id.example' } });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await secure.close();
});

/** Every kind of page, by its last path segment. */
async function visitAll(): Promise<[string, Answer][]> {
  const person = meetPerson(program);
  const { browser } = person;
  await party.begin(browser, { scope: 'openid email phone' });
  await proveEmail(program, person);
  await provePhone(program, person);
  await allow(person);
  await party.begin(browser, { prompt: 'select_account' });
  await party.begin(browser, { scope: 'openid phone', prompt: 'login' });
  await browser.open(String(party.metadata.end_session_endpoint));
  await browser.open('/no/such/page');
  await browser.open(party.request({ client_id: 'nobody' }).url);
  await browser.open('/dev/outbox');
  return browser.answers().map((answer) => [`${answer.status} ${new URL(answer.url).pathname.split('/').at(-1)}`, answer]);
}

test('every page and redirect keeps frames, caches, sniffers and referrers out', async () => {
  const answers = await visitAll();
  expect(new Set(answers.map(([name]) => name)).size).toBeGreaterThan(12);
  for (const [name, { headers }] of answers) {
    expect({ name, ...Object.fromEntries(headers) }).toMatchObject({
      'cache-control': expect.stringContaining('no-store'),
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('no cache keeps tokens, however old it is (RFC 6749, 5.1)', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid offline_access', prompt: 'consent' } });
  const { client_id: id, client_secret: secret } = clientMetadata.web;
  const { status, headers } = await fetch(String(party.metadata.token_endpoint), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      client_id: id,
      client_secret: secret,
    }),
  });
  expect([status, headers.get('cache-control'), headers.get('pragma')]).toEqual([200, 'no-store', 'no-cache']);
});

test('the content security policy allows no inline code, no base and no plugins, and leaves form-action open', async () => {
  for (const [, { headers, text }] of await visitAll()) {
    const policy = headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "object-src 'none'"]) {
      expect(policy).toContain(directive);
    }
    expect(policy).not.toMatch(/unsafe|form-action|\*|https?:/);
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i);
  }
});

/** Name, path and attributes of every cookie that these answers set. */
function readCookies(answers: Answer[]) {
  return answers
    .flatMap(({ headers }) => headers.getSetCookie())
    .map((cookie) => {
      const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim().toLowerCase());
      const path = attributes.find((each) => each.startsWith('path='))?.slice('path='.length);
      return { name: cookie.slice(0, pair.indexOf('=')).replace(/\.sig$/, ''), path, attributes };
    });
}

test('cookies are HttpOnly, SameSite=Lax, for no other host, and those of a sign-in only for its path', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  const cookies = readCookies(person.browser.answers());
  expect(new Set(cookies.map(({ name }) => name))).toEqual(new Set(['session', 'interaction', 'resume', 'app', 'device']));
  for (const { name, path, attributes } of cookies) {
    expect(attributes).toEqual(expect.arrayContaining(['httponly', 'samesite=lax']));
    expect(attributes.filter((each) => /^(domain|secure)/.test(each))).toEqual([]);
    const ofSignIn = /^\/interaction\/./;
    expect(path).toMatch({ interaction: ofSignIn, app: ofSignIn, resume: /^\/oidc\/authorize\/./ }[name] ?? /^\/$/);
  }
});

test('with an https issuer cookies are Secure, prefixed where browsers allow it, and HSTS is on', async () => {
  const person = meetPerson(secure);
  const from = await createRelyingParty(secure.issuer, undefined, secure.url);
  const { tokens } = await signIn(secure, from, { person });
  expect(decodeJwt(tokens.id_token)).toMatchObject({ iss: 'https://id.example' });
  const cookies = readCookies(person.browser.answers());
  const names = ['__Host-session', '__Host-device', '__Secure-interaction', '__Secure-resume', '__Secure-app'];
  expect(new Set(cookies.map(({ name }) => name))).toEqual(new Set(names));
  const ofHost = cookies.filter(({ name }) => name.startsWith('__Host-'));
  expect(new Set(ofHost.map(({ path }) => path))).toEqual(new Set(['/']));
  for (const { attributes } of cookies) {
    expect(attributes).toEqual(expect.arrayContaining(['secure', 'httponly', 'samesite=lax']));
    expect(attributes.filter((each) => each.startsWith('domain'))).toEqual([]);
  }
  for (const { headers } of person.browser.answers()) expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
});

test('each sign-in gives the browser a new session id', async () => {
  const person = meetPerson(program);
  const seen = new Set<string | undefined>();
  for (const prompt of ['consent', 'login', 'login']) {
    await signIn(program, party, { person, params: { prompt } });
    seen.add(person.browser.cookies().find(({ name }) => name === 'session')?.value);
    clock.advance(61);
  }
  expect(seen).not.toContain(undefined);
  expect(seen.size).toBe(3);
});
