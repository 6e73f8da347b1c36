// Wrong tries: ten an hour and twenty a day for an address, in whatever browser, sign-in and challenge.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatMinute } from '../../src/locales/index.ts';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, isPastCode, typeCode, typeWrongCodes } from '../helpers/code-page.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { forgetSpends } from '../helpers/forgetful-storage.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson, proveEmail } from '../helpers/person.ts';
import { startProgram } from '../helpers/program.ts';

// Messages are no limit here, so that only tries are.
const sending = { gapsSeconds: [1], emailPerHour: 1000, emailPerDay: 1000, smsPerHour: 1000, smsPerDay: 1000 };
const clock = createClock();
let desk: Desk;

beforeAll(async () => {
  clock.stop();
  desk = await openDesk(await startProgram({ sending }));
});

afterAll(async () => {
  clock.restore();
  await desk.program.close();
});

/** A new sign-in with the address, in a new browser. */
function ask(email: string, { program, party } = desk) {
  clock.advance(1);
  return askForCode(program, party, { person: meetPerson(program, { email }) });
}

/** Types wrong codes, five a challenge at most. */
async function tryWrong(email: string, count: number, at = desk): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < count) {
    const { browser, code } = await ask(email, at);
    answers.push(...(await typeWrongCodes(browser, code, Math.min(5, count - answers.length))));
  }
  return answers;
}

async function tryRight(email: string, at = desk): Promise<Answer> {
  const { browser, code } = await ask(email, at);
  return typeCode(browser, code);
}

const newEmail = () => meetPerson(desk.program).email;
const statusesOf = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))];
const secondsUntil = (time: number) => String((time - Date.now()) / 1000);

test('after ten wrong codes within an hour even the right one is refused, until the first of them is an hour old', async () => {
  const email = newEmail();
  const opensAt = Date.now() + 3_601_000;
  expect(statusesOf(await tryWrong(email, 10))).toEqual([422]);
  for (let browser = 0; browser < 3; browser += 1) {
    const locked = await tryRight(email);
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, secondsUntil(opensAt)]);
  }
  clock.advance((opensAt - Date.now()) / 1000 - 1.001);
  expect((await tryRight(email)).status).toBe(429);
  expect(isPastCode(await tryRight(email))).toBe(true);
});

test('the locked page says the clock time, to the minute, and offers the way back to the app', async () => {
  const email = newEmail();
  const opensAt = Date.now() + 3_601_000;
  await tryWrong(email, 10);
  const { browser, code } = await ask(email);
  const { text } = await typeCode(browser, code);
  expect(text).toContain('Too many wrong codes');
  const times = [...text.matchAll(/<time[^>]* datetime="([^"]+)"[^>]*>([^<]+)</g)].map(([, iso, words]) => [iso, words]);
  const opensMinute = Math.ceil(opensAt / 60_000) * 60_000;
  expect(times).toContainEqual([new Date(opensMinute).toISOString().replace(':00.000Z', 'Z'), formatMinute('en', opensMinute)]);
  const back = await browser.submit('/cancel');
  expect(desk.party.readCallback(back)).toMatchObject({ error: 'access_denied' });
});

test('an address whose tries are spent does not spend those of another', async () => {
  await tryWrong(newEmail(), 10);
  expect(isPastCode(await tryRight(newEmail()))).toBe(true);
});

test('after twenty wrong codes within a day the right one is refused until the first of them is a day old', async () => {
  const email = newEmail();
  const opensAt = Date.now() + 86_401_000;
  expect(statusesOf(await tryWrong(email, 10))).toEqual([422]);
  clock.advance(3600);
  expect(statusesOf(await tryWrong(email, 10))).toEqual([422]);
  clock.advance(3600);
  const locked = await tryRight(email);
  expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, secondsUntil(opensAt)]);
  clock.advance((opensAt - Date.now()) / 1000);
  expect(isPastCode(await tryRight(email))).toBe(true);
});

test('a right code gives its try back, and no more than that', async () => {
  const email = newEmail();
  await tryWrong(email, 9);
  for (let time = 0; time < 3; time += 1) expect(isPastCode(await tryRight(email))).toBe(true);
  expect(statusesOf(await tryWrong(email, 1))).toEqual([422]);
  expect((await tryRight(email)).status).toBe(429);
});

test('where the number may be left out, its locked page lets the person go on without it', async () => {
  const { program, party } = desk;
  const person = meetPerson(program);
  const { browser, phone = '' } = person;
  await party.begin(browser, { scope: 'openid email phone' });
  await proveEmail(program, person);
  await browser.submit('/phone', { phone });
  for (const sent of [1, 2]) {
    await typeWrongCodes(browser, await program.codeFor(phone, sent), 5);
    clock.advance(1);
    await browser.submit('/resend');
  }
  expect((await typeCode(browser, await program.codeFor(phone, 3))).status).toBe(429);
  expect((await browser.submit('/decline')).url).toMatch(/\/consent$/);
});

test('limits of the settings are obeyed', async () => {
  const codes = { triesPerChallenge: 2, triesPerAddressHour: 3, triesPerAddressDay: 4 };
  const strict = await openDesk(await startProgram({ sending, codes }));
  const email = newEmail();
  const { browser, code } = await ask(email, strict);
  const [first, second] = await typeWrongCodes(browser, code, 2);
  expect(first?.text).toContain('You have one try left');
  expect(second?.text).toContain('this code no longer works');
  expect(statusesOf(await tryWrong(email, 1, strict))).toEqual([422]);
  expect((await tryRight(email, strict)).status).toBe(429);
  clock.advance(3600);
  expect(statusesOf(await tryWrong(email, 1, strict))).toEqual([422]);
  const locked = await tryRight(email, strict);
  expect([locked.status, Number(locked.headers.get('retry-after'))]).toEqual([429, expect.closeTo(82_795, -2)]);
  await strict.program.close();
});

test('teeth: over a store that forgets what was spent, the eleventh and the twenty-first try are taken', async () => {
  const nodes = await startNodes(1, { overrides: { sending }, alter: forgetSpends });
  const broken = await openDesk(nodes.first);
  const email = newEmail();
  expect(statusesOf(await tryWrong(email, 20, broken))).toEqual([422]);
  expect(isPastCode(await tryRight(email, broken))).toBe(true);
  await nodes.close();
});
