// The life of a code: six digits, ten minutes at most, one use; and what a resend sends.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { askForCode, enterEmail, isPastCode, typeCode } from '../helpers/code-page.ts';
import { allow } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  clock.stop();
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});

afterAll(async () => {
  clock.restore();
  await program.close();
});

const ask = () => askForCode(program, party);

test('a code has six digits, and its message holds no other', async () => {
  const { person, code } = await ask();
  expect(code).toMatch(/^\d{6}$/);
  const [message] = await program.outbox(person.email);
  expect(new Set(message?.text.match(/\d{6,}/g))).toEqual(new Set([code]));
});

test('zeros at the front are part of the code: sent, and asked for', async () => {
  let asked = await ask();
  while (!asked.code.startsWith('0')) asked = await ask();
  expect((await typeCode(asked.browser, asked.code.slice(1))).text).toContain('The code has 6 digits');
  expect(isPastCode(await typeCode(asked.browser, asked.code))).toBe(true);
});

test('a resend sends the same code, and the page says so', async () => {
  const { person, browser, code } = await ask();
  clock.advance(30);
  const answer = await browser.submit('/resend');
  expect(answer.text).toContain('We’re sending the same code again');
  expect(await program.codeFor(person.email, 2)).toBe(code);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('a code works until the last millisecond of its ten minutes, however often it was sent again, and then is dead', async () => {
  const asked = [await ask(), await ask()] as const;
  for (const pause of [30, 60, 120]) {
    clock.advance(pause);
    for (const { browser } of asked) expect((await browser.submit('/resend')).status).toBe(200);
  }
  expect(await program.codeFor(asked[0].person.email, 4)).toBe(asked[0].code);
  clock.advance(389.999);
  expect(isPastCode(await typeCode(asked[0].browser, asked[0].code))).toBe(true);
  clock.advance(0.001);
  const late = await typeCode(asked[1].browser, asked[1].code);
  expect([late.status, late.text]).toEqual([422, expect.stringContaining('That code no longer works')]);
});

test('with exactly three minutes left a resend still sends the same code', async () => {
  const { person, browser, code } = await ask();
  clock.advance(420);
  expect((await browser.submit('/resend')).text).toContain('We’re sending the same code again');
  expect(await program.codeFor(person.email, 2)).toBe(code);
});

test('with less than three minutes left a resend sends a new code; the page says so before and after, and the old one is dead', async () => {
  const { person, browser, answer, code } = await ask();
  clock.advance(420.001);
  expect((await browser.open(answer.url)).text).toContain('A new code replaces this one');
  expect((await browser.submit('/resend')).text).toContain('We’re sending a new code. The earlier one no longer works.');
  const renewed = await program.codeFor(person.email, 2);
  expect((await typeCode(browser, code)).status).toBe(422);
  clock.advance(599);
  expect(isPastCode(await typeCode(browser, renewed))).toBe(true);
});

test('the page of a dead code says so, never that it works for more minutes', async () => {
  const { browser, answer } = await ask();
  expect(answer.text).toContain('It works for 10 more minutes');
  clock.advance(600);
  const { text } = await browser.open(answer.url);
  expect(text).toContain('has expired. Send a new one.');
  expect(text).not.toMatch(/more minutes|We’ve (emailed|sent)/);
});

test('a code that has served is wrong ever after, in the same browser and in its very minute', async () => {
  const { person, browser, code } = await ask();
  await typeCode(browser, code);
  expect(await allow(person)).toHaveProperty('location');

  clock.advance(1);
  await enterEmail(party, person, { prompt: 'login' });
  const answer = await typeCode(browser, code);
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('That code is wrong')]);
  expect(isPastCode(await typeCode(browser, await program.codeFor(person.email, 2)))).toBe(true);
});

test('a code typed again on the page of a later step changes nothing', async () => {
  const { person, browser, answer, code } = await askForCode(program, party, { params: { scope: 'openid email phone' } });
  const { action, fields } = browser.findForm('/code');
  expect((await typeCode(browser, code)).url).toMatch(/\/phone$/);
  clock.advance(31);
  const again = await browser.post(new URL(action, answer.url).href, { ...fields, code });
  expect([again.status, again.location]).toEqual([303, new URL('.', answer.url).pathname.slice(0, -1)]);
  expect((await browser.follow(again)).url).toMatch(/\/phone$/);
  expect(await program.outbox(person.email)).toHaveLength(1);
});
