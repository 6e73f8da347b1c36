// Typing a code: how it may be written, what costs a try, and what five wrong ones do.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, isPastCode, typeCode, typeWrongCodes, wrongCode } from '../helpers/code-page.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

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

const inDigitsFrom = (zero: number) => (code: string) => code.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

test.each([
  ['with a space in the middle', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
  ['with spaces around', (code: string) => `  ${code}\t`],
  ['with a no-break space', (code: string) => `${code.slice(0, 3)}\u00A0${code.slice(3)}`],
  ['with hyphens', (code: string) => code.split('').join('-')],
  ['with an en dash', (code: string) => `${code.slice(0, 3)}–${code.slice(3)}`],
  ['in Arabic-Indic digits', inDigitsFrom(0x0660)],
  ['with minus signs', (code: string) => code.split('').join('\u2212')],
  ['in Persian digits', inDigitsFrom(0x06f0)],
  ['in full-width digits', inDigitsFrom(0xff10)],
  [
    'in Persian digits with a space, after a right-to-left mark',
    (code: string) => `\u200F${inDigitsFrom(0x06f0)(code.slice(0, 3))} ${code.slice(3)}`,
  ],
])('a right code is taken %s', async (_, write) => {
  const { browser, code } = await askForCode(program, party);
  expect(isPastCode(await typeCode(browser, write(code)))).toBe(true);
});

test('an empty code, one of another length and one that is no number say so and cost nothing', async () => {
  const { browser, code } = await askForCode(program, party);
  for (let round = 0; round < 3; round += 1) {
    for (const typed of ['', ' - ']) {
      const answer = await typeCode(browser, typed);
      expect([typed, answer.status, answer.text]).toEqual([typed, 422, expect.stringContaining('Enter the code from our message')]);
    }
    for (const typed of [code.slice(1), `${code}0`, 'secret', '½¾¼⅓⅔⅛']) {
      const answer = await typeCode(browser, typed);
      expect([typed, answer.status, answer.text]).toEqual([typed, 422, expect.stringContaining('The code has 6 digits')]);
    }
  }
  for (const answer of await typeWrongCodes(browser, code, 4)) expect(answer.text).toContain('That code is wrong');
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('four wrong codes leave the right one alive, with a warning before the last try and never what was typed', async () => {
  const { browser, code } = await askForCode(program, party);
  const answers = await typeWrongCodes(browser, code, 4);
  expect(answers.map(({ text }) => text.includes('You have one try left'))).toEqual([false, false, false, true]);
  expect(answers.map(({ text }, at) => text.includes(wrongCode(code, at + 1)))).toEqual([false, false, false, false]);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('five wrong codes kill the challenge, the right code too; a new code is the way on', async () => {
  const { person, browser, code } = await askForCode(program, party);
  const fifth = (await typeWrongCodes(browser, code, 5)).at(-1);
  const right = await typeCode(browser, code);
  for (const { status, text } of [fifth, right] as Answer[]) {
    expect([status, text]).toEqual([422, expect.stringContaining('There were too many wrong codes, so this code no longer works')]);
    expect(text).toContain('<a href="#send">');
    expect(text).toMatch(/<button class="button primary" id="send"[^>]*>Send a new code</);
  }

  // Asked for within the pause, and looked at again: still not said to have expired.
  for (const { text } of [await browser.submit('/resend'), await browser.open(browser.page.url.replace(/resend$/, 'code'))]) {
    expect(text).toContain('There were too many wrong codes');
    expect(text).not.toContain('has expired');
  }
  clock.advance(31);
  expect((await browser.submit('/resend')).status).toBe(200);
  expect(isPastCode(await typeCode(browser, await program.codeFor(person.email, 2)))).toBe(true);
});

test('the code of the email, typed on the page of the text, is named as such and costs one try', async () => {
  const { person, browser, code: emailCode } = await askForCode(program, party, { params: { scope: 'openid email phone' } });
  await typeCode(browser, emailCode);
  await browser.submit('/phone', { phone: person.phone ?? '' });
  const textCode = await program.codeFor(person.phone ?? '');
  expect(textCode).not.toBe(emailCode);

  const answer = await typeCode(browser, emailCode);
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('That is the code from your email')]);
  const [, , last] = await typeWrongCodes(browser, textCode, 3);
  expect(last?.text).toContain('You have one try left');
  expect(isPastCode(await typeCode(browser, textCode))).toBe(true);
});
