// Whoever holds a number alone, or only tries numbers, learns nothing: not who is known here, and no other address of the account.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { readOutcomes } from '../helpers/outcomes.ts';
import { allow, meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { lookOf } from '../helpers/same-look.ts';

const both = { scope: 'openid email phone' };
const phoneOnly = { scope: 'openid phone' };
let program: Program;
let party: RelyingParty;
let other: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
  other = await createRelyingParty(program.issuer, clientMetadata.spa);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

async function meetOwner(): Promise<Person> {
  const person = meetPerson(program);
  await signIn(program, party, { person, params: both });
  clock.advance(61);
  return person;
}

/** One more number for an account, proven beside its email. */
async function addNumber({ browser }: Person): Promise<string> {
  const { phone = '' } = meetPerson(program);
  const claims = JSON.stringify({ userinfo: { phone_number_verified: { max_age: 1 } } });
  const { answer } = await party.begin(browser, { ...both, claims });
  const { csrf = '' } = browser.findForm('/phone').fields;
  await browser.follow(await browser.post(answer.url, { csrf, phone }));
  await browser.submit('/code', { code: await program.codeFor(phone) });
  clock.advance(61);
  return phone;
}

/** Somebody else with the number's texts, signed in by them to the app that the owner uses. */
async function steal(phone: string, messages: number): Promise<Browser> {
  const { browser } = meetPerson(program);
  await party.begin(browser, phoneOnly);
  await browser.submit('/identifier', { identifier: phone });
  await browser.submit('/code', { code: await program.codeFor(phone, messages) });
  clock.advance(61);
  return browser;
}

const countSent = async () => (await readOutcomes(program.url, 'phone')).sent ?? 0;

/** Waits until one more text has been taken, and how it ended is known. */
async function waitForText(before: number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while ((await countSent()) === before) {
    if (performance.now() > deadline) throw new Error('no text left within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The code page for a number, on a session that is asked to sign in anew; `sends`: whether a text leaves. */
async function lookAtNumber(prober: Browser, phone: string, sends: boolean) {
  const before = await countSent();
  await party.begin(prober, { ...phoneOnly, prompt: 'login' });
  const page = await prober.submit('/identifier', { identifier: phone });
  expect(page.url).toMatch(/\/code$/);
  if (sends) await waitForText(before);
  const digits = /\+44[ \d]+/.exec(page.text)?.[0] ?? '';
  const clockTimes = /datetime="[^"]*"|\d{1,2}:\d{2}:\d{2}( [AP]M)?|data-countdown="\d+"/g;
  const look = lookOf(await prober.open(page.url), [phone, digits]);
  return { ...look, text: look.text.replaceAll(clockTimes, '<time>') };
}

test('who is asked to sign in anew sees the same page for a number that is known here and for any other', async () => {
  const owner = await meetOwner();
  const prober = await meetOwner();
  const stranger = meetPerson(program);
  const known = await lookAtNumber(prober.browser, owner.phone ?? '', true);
  expect(await lookAtNumber(prober.browser, stranger.phone ?? '', false)).toEqual(known);
});

test('a session that a number opened is shown its number as its name, and the email nowhere', async () => {
  const owner = await meetOwner();
  const browser = await steal(owner.phone ?? '', 2);
  const requests = [{ ...phoneOnly, prompt: 'select_account' }, { ...phoneOnly, prompt: 'consent' }, { scope: 'openid email' }, both];
  for (const params of requests) await party.begin(browser, params);
  const texts = browser.answers().map(({ text }) => text);
  expect(texts.some((text) => text.replaceAll(' ', '').includes(owner.phone ?? ''))).toBe(true);
  expect(texts.filter((text) => text.includes(owner.email))).toEqual([]);
});

test('nor is it shown or given another number of the account, whichever was proven last', async () => {
  const owner = await meetOwner();
  const later = await addNumber(owner);
  const browser = await steal(owner.phone ?? '', 2);
  const { answer, verifier } = await other.begin(browser, phoneOnly);
  expect(answer.url).toMatch(/\/consent$/);
  expect(answer.text.replaceAll(' ', '')).toContain(owner.phone);
  expect(answer.text.replaceAll(' ', '')).not.toContain(later);
  const { code = '' } = other.readCallback(await allow({ browser, email: '' }));
  const { body } = await other.redeem(code, verifier);
  expect((await other.userinfo(body.access_token)).body).toMatchObject({ phone_number: owner.phone });
});

test('the owner, who has proven the email, is offered both', async () => {
  const owner = await meetOwner();
  const later = await addNumber(owner);
  const { browser } = meetPerson(program);
  await other.begin(browser, both);
  const { text, url } = await proveEmail(program, { ...owner, browser });
  expect(url).toMatch(/\/consent$/);
  for (const phone of [owner.phone, later]) expect(text.replaceAll(' ', '')).toContain(phone);
});
