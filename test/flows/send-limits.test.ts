// Messages: how many an hour and a day reach an address, and how many strangers hold live codes of it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, countMessages, enterEmail, isPastCode, typeCode } from '../helpers/code-page.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { forgetSpends } from '../helpers/forgetful-storage.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { startProgram } from '../helpers/program.ts';

const clock = createClock();
let desk: Desk;

beforeAll(async () => {
  clock.stop();
  desk = await openDesk(await startProgram());
});

afterAll(async () => {
  clock.restore();
  await desk.program.close();
});

/** Asks for a code in a new browser; the answer is the code page, whether or not a message left. */
function ask(email: string, { program, party } = desk): Promise<Answer> {
  return enterEmail(party, meetPerson(program, { email }));
}

async function askForText(phone: string): Promise<Answer> {
  const { browser } = meetPerson(desk.program);
  await desk.party.begin(browser, { scope: 'openid phone' });
  return browser.submit('/identifier', { identifier: phone });
}

const newEmail = () => meetPerson(desk.program).email;

test('ten emails an hour reach an address; the eleventh waits until the first is an hour old', async () => {
  const email = newEmail();
  const opensAt = Date.now() + 3_600_000;
  for (let message = 0; message < 10; message += 1) {
    expect((await ask(email)).headers.get('retry-after')).toBe(null);
    clock.advance(300);
  }
  expect((await ask(email)).headers.get('retry-after')).toBe(String((opensAt - Date.now()) / 1000));
  expect(await countMessages(desk, email)).toBe(10);
});

test('thirty emails a day reach an address', async () => {
  const email = newEmail();
  const opensAt = Date.now() + 86_400_000;
  for (let message = 0; message < 30; message += 1) {
    await ask(email);
    clock.advance(1800);
  }
  expect((await ask(email)).headers.get('retry-after')).toBe(String((opensAt - Date.now()) / 1000));
  expect(await countMessages(desk, email)).toBe(30);
});

test.each([
  { words: 'five texts an hour', limit: 5, pause: 600, window: 3600 },
  { words: 'ten texts a day', limit: 10, pause: 1800, window: 86_400 },
])('$words reach a number', async ({ limit, pause, window }) => {
  const person = meetPerson(desk.program);
  const { phone = '' } = person;
  await signIn(desk.program, desk.party, { person, params: { scope: 'openid email phone' } });
  clock.advance(86_400);
  const opensAt = Date.now() + window * 1000;
  for (let message = 0; message < limit; message += 1) {
    expect((await askForText(phone)).headers.get('retry-after')).toBe(null);
    clock.advance(pause);
  }
  expect((await askForText(phone)).headers.get('retry-after')).toBe(String((opensAt - Date.now()) / 1000));
  expect(await countMessages(desk, phone)).toBe(1 + limit);
});

test('three strangers hold live codes of an address at once; a fourth takes the place of the oldest', async () => {
  const email = newEmail();
  const asked = [];
  for (const pause of [30, 60, 120, 0]) {
    asked.push(await askForCode(desk.program, desk.party, { person: meetPerson(desk.program, { email }) }));
    clock.advance(pause);
  }
  const answers = [];
  for (const { browser, code } of asked) answers.push(await typeCode(browser, code));
  expect(answers.map(isPastCode)).toEqual([false, true, true, true]);
  expect(answers[0]?.text).toContain('That code no longer works');
});

test('limits of the settings are obeyed', async () => {
  const sending = { gapsSeconds: [5], emailPerHour: 2 };
  const strict = await openDesk(await startProgram({ sending, codes: { strangerChallengesPerAddress: 1 } }));
  const email = newEmail();
  const first = await askForCode(strict.program, strict.party, { person: meetPerson(strict.program, { email }) });
  expect((await ask(email, strict)).headers.get('retry-after')).toBe('5');
  clock.advance(5);
  await ask(email, strict);
  expect((await typeCode(first.browser, first.code)).status).toBe(422);
  clock.advance(5);
  expect((await ask(email, strict)).headers.get('retry-after')).toBe('3590');
  expect(await countMessages(strict, email)).toBe(2);
  await strict.program.close();
});

test('teeth: over a store that forgets what was spent, messages have no end', async () => {
  const nodes = await startNodes(1, { alter: forgetSpends });
  const broken = await openDesk(nodes.first);
  const email = newEmail();
  for (let message = 0; message < 31; message += 1) await ask(email, broken);
  expect(await countMessages(broken, email)).toBe(31);
  await nodes.close();
});
