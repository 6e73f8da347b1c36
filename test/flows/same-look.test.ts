// Known or unknown: nobody learns from the pages whether an address has an account, nor any part of another address.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatPhone } from '../../src/domain/identifiers/phone.ts';
import type { Browser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, isPastCode, typeCode } from '../helpers/code-page.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { lookOf } from '../helpers/same-look.ts';

const known = { email: 'quentin.zorrilla@post.example.org', phone: '+447400987654' };
const unknown = { email: 'florian.yardling@post.example.org', phone: '+447400987321' };
const clock = createClock();
let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  clock.stop();
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
  await signIn(program, party, { person: meetPerson(program, known), params: { scope: 'openid email phone' } });
});

afterAll(async () => {
  clock.restore();
  await program.close();
});

/** Everything that can be done at a code page without the code; a number is how many seconds pass. */
const deeds: (number | ((browser: Browser) => Promise<unknown>))[] = [
  (browser) => browser.open(browser.page.url),
  (browser) => browser.submit('/resend'),
  30,
  (browser) => browser.submit('/resend'),
  (browser) => browser.submit('/code', { code: '' }),
  ...Array.from({ length: 6 }, (_, nth) => (browser: Browser) => typeCode(browser, `00000${nth}`)),
  60,
  (browser) => browser.submit('/resend'),
  ...Array.from({ length: 5 }, (_, nth) => (browser: Browser) => typeCode(browser, `00000${nth}`)),
  120,
  (browser) => browser.submit('/resend'),
  (browser) => typeCode(browser, '000000'),
  (browser) => typeCode(browser, '000 000 0000'),
  700,
  (browser) => browser.open(browser.page.url),
];

async function walk(field: 'email' | 'identifier', addresses: readonly string[], scope: string) {
  clock.advance(86_400);
  const browsers = addresses.map(() => meetPerson(program).browser);
  const later = addresses.map(() => meetPerson(program).browser);
  for (const group of [browsers, later]) {
    for (const [at, browser] of group.entries()) {
      await party.begin(browser, { scope });
      await browser.submit(`/${field}`, { [field]: addresses[at] ?? '' });
    }
  }
  for (const deed of deeds) {
    if (typeof deed === 'number') clock.advance(deed);
    else for (const browser of browsers) await deed(browser);
  }
  return addresses.map((address, at) => {
    const spellings = [address, address.startsWith('+') ? formatPhone(address) : address];
    return [browsers[at], later[at]].flatMap((browser) => browser?.answers().map((answer) => lookOf(answer, spellings)) ?? []);
  });
}

test.each([
  ['email', 'an email', [known.email, unknown.email], 'openid email'],
  ['identifier', 'an email where a number may be typed, too', [known.email, unknown.email], 'openid phone'],
  ['identifier', 'a number where it alone may sign in', [known.phone, unknown.phone], 'openid phone'],
] as const)('at the %s page %s gets the same answers whether it is known or not', async (...[field, , addresses, scope]) => {
  const [one = [], other = []] = await walk(field, addresses, scope);
  expect(new Set(one.map(({ status }) => status))).toEqual(new Set([200, 303, 422, 429]));
  for (const said of ['too many wrong codes', '10-digit code']) expect(one.some(({ text }) => text.includes(said))).toBe(true);
  expect(other).toEqual(one);
});

test('a number that is not known here, or was not proven for 90 days, is never texted, and looks the same', async () => {
  const { length } = await program.outbox(known.phone);
  expect(length).toBeGreaterThan(1);
  clock.advance(91 * 86_400);
  const [one, other] = await walk('identifier', [known.phone, unknown.phone], 'openid phone');
  expect(other).toEqual(one);
  await askForCode(program, party); // what left before has arrived by now
  expect(await program.outbox(known.phone)).toHaveLength(length);
  expect(await program.outbox(unknown.phone)).toHaveLength(0);
});

const textsOf = (browser: Browser) => browser.answers().map((answer) => lookOf(answer, []).text);

test('before a proof no page shows any part of another address of the account', async () => {
  clock.advance(86_400);
  const byEmail = await askForCode(program, party, {
    person: meetPerson(program, { email: known.email }),
    params: { scope: 'openid email phone' },
  });
  for (const text of textsOf(byEmail.browser)) expect(text).not.toMatch(/7654|7400|•••/);
  // After it, the end of the number: its last proof is too old by now.
  expect((await typeCode(byEmail.browser, byEmail.code)).text).toContain('••• 654');
  for (const text of textsOf(byEmail.browser)) expect(text).not.toMatch(/7654|7400/);

  const { browser } = meetPerson(program);
  await party.begin(browser, { scope: 'openid phone' });
  await browser.submit('/identifier', { identifier: known.phone });
  await typeCode(browser, '000000');
  await browser.open(browser.page.url.replace(/code$/, 'email'));
  expect(isPastCode(browser.page)).toBe(true);
  for (const text of textsOf(browser)) expect(text).not.toMatch(/quentin|zorrilla|post\.example/i);
});

test('teeth: a body, a header, a cookie or a status that differs is seen', async () => {
  const { browser } = meetPerson(program);
  const { answer } = await party.begin(browser);
  const look = lookOf(answer, []);
  expect(lookOf({ ...answer, status: 201 }, [])).not.toEqual(look);
  expect(lookOf({ ...answer, text: `${answer.text} ` }, [])).not.toEqual(look);
  expect(lookOf({ ...answer, headers: new Headers([...answer.headers, ['x-known', '1']]) }, [])).not.toEqual(look);
  expect(lookOf({ ...answer, headers: new Headers([...answer.headers, ['set-cookie', 'known=1; path=/']]) }, [])).not.toEqual(look);
});
