// A number alone opens its account for `openid phone` and for nothing else: a stolen SIM must not become the whole account.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { allow, meetPerson, type Person, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const phoneOnly = { scope: 'openid phone' };
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

/** Somebody with an account, and its sub. */
async function meetOwner() {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid email phone' } });
  clock.advance(31);
  return { person, sub: decodeJwt(tokens.id_token).sub };
}

/** Types a number where either may be typed, in a browser that knows nothing. */
async function typeNumber(phone: string) {
  const { browser } = meetPerson(program);
  const { answer, verifier } = await party.begin(browser, phoneOnly);
  expect(answer.url).toMatch(/\/identifier$/);
  const page = await browser.submit('/identifier', { identifier: phone });
  return { browser, page, verifier };
}

async function signInByNumber({ phone = '' }: Person) {
  const { browser, verifier } = await typeNumber(phone);
  const { code = '' } = party.readCallback(await browser.submit('/code', { code: await program.codeFor(phone, 2) }));
  const { body } = await party.redeem(code, verifier);
  return { browser, body };
}

test('the first page of openid phone takes an email as well, and goes on to the number', async () => {
  const person = meetPerson(program);
  const { verifier } = await party.begin(person.browser, phoneOnly);
  expect((await person.browser.submit('/identifier', { identifier: person.email })).url).toMatch(/\/code$/);
  const next = await person.browser.submit('/code', { code: await program.codeFor(person.email) });
  expect(next.url).toMatch(/\/phone$/);
  await provePhone(program, person);
  const { code = '' } = party.readCallback(await allow(person));
  const { body } = await party.userinfo((await party.redeem(code, verifier)).body.access_token);
  expect(body).toEqual({ sub: expect.any(String), phone_number: person.phone, phone_number_verified: true });
});

test('a verified number signs in alone, and the answer says by what', async () => {
  const { person, sub } = await meetOwner();
  const { body } = await signInByNumber(person);
  expect(decodeJwt(body.id_token)).toMatchObject({ sub, acr: 'urn:latchkey:acr:phone', amr: ['sms'] });
  expect((await party.userinfo(body.access_token)).body).toEqual({ sub, phone_number: person.phone, phone_number_verified: true });
});

test('on such a session every other request begins with the email, which the page does not give away', async () => {
  const { person } = await meetOwner();
  const { browser } = await signInByNumber(person);
  expect(await party.silently(browser, phoneOnly)).toHaveProperty('code');
  const others: Record<string, string>[] = [
    { scope: 'openid' },
    { scope: 'openid email' },
    { scope: 'openid email phone' },
    { scope: 'openid phone', claims: JSON.stringify({ userinfo: { email: null } }) },
    { scope: 'openid phone', acr_values: 'urn:latchkey:acr:email-phone' },
    { scope: 'openid email', prompt: 'login' },
  ];
  for (const params of others) {
    const { answer } = await party.begin(browser, params);
    expect(answer.url).toMatch(/\/email$/);
    expect(answer.text).not.toContain(person.email);
    expect(await party.silently(browser, params)).toMatchObject({ error: 'login_required' });
  }
  await party.begin(browser, { scope: 'openid email' });
  const callback = party.readCallback(await proveEmail(program, { ...person, browser }));
  expect(callback).toHaveProperty('code');
});

test('a number nobody has verified here gets the same page and no text; its way on is the email', async () => {
  const { person } = await meetOwner();
  const stranger = meetPerson(program);
  const known = await typeNumber(person.phone ?? '');
  const { page, browser } = await typeNumber(stranger.phone ?? '');
  const plain = (text: string, phone = '') =>
    text
      .replaceAll(/\/interaction\/[\w-]+/g, '')
      .replaceAll(/name="csrf" value="[\w-]+"/g, '')
      .replaceAll(phone, '')
      .replaceAll(/[ \d:-]+/g, '');
  expect(page.status).toBe(known.page.status);
  expect(plain(page.text, stranger.phone)).toBe(plain(known.page.text, person.phone));
  expect((await browser.submit('/code', { code: '000000' })).status).toBe(422);
  expect((await browser.open(page.url.replace('/code', '/email'))).url).toMatch(/\/email$/);
  expect((await proveEmail(program, { ...stranger, browser })).url).toMatch(/\/phone$/);
  expect(await program.outbox(stranger.phone ?? '')).toEqual([]);
});

test('a number that was last proven more than ninety days ago opens nothing: it may have a new owner', async () => {
  const { person } = await meetOwner();
  clock.advance(90 * 86_400);
  const { page } = await typeNumber(person.phone ?? '');
  expect(page.url).toMatch(/\/code$/);
  expect(await program.outbox(person.phone ?? '')).toHaveLength(1);
});

test('where the operator turned it off, openid phone begins with the email', async () => {
  const strict = await startProgram({ signIn: { phoneAlone: false } });
  const from = await createRelyingParty(strict.issuer);
  const person = meetPerson(strict);
  expect((await from.begin(person.browser, phoneOnly)).answer.url).toMatch(/\/email$/);
  expect((await proveEmail(strict, person)).url).toMatch(/\/phone$/);
  await strict.close();
});
