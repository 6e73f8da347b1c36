// Wrong tries: ten an hour and twenty a day for an address, in whatever browser, sign-in and challenge. Strangers, who may be its
// owner with a new phone, then get longer codes; a browser that is known is told when it may go on.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatMinute } from '../../src/locales/index.ts';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, isPastCode, typeCode, typeWrongCodes } from '../helpers/code-page.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { forgetSpends } from '../helpers/forgetful-storage.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { startProgram } from '../helpers/program.ts';

// Messages are no limit here, so that only tries are.
const sending = { gapsSeconds: [1], emailPerHour: 1000, emailPerDay: 1000, smsPerHour: 1000, smsPerDay: 1000 };
const clock = createClock();
let desk: Desk;

beforeAll(async () => {
  clock.stop();
  desk = await openDesk(await startProgram({ sending, codes: { strangerFailures: 1000 } }));
});

afterAll(async () => {
  clock.restore();
  await desk.program.close();
});

type Ask = () => Promise<Awaited<ReturnType<typeof askForCode>>>;

/** Each time a new sign-in with the address, in a new browser. */
const asStranger =
  (email: string, { program, party } = desk): Ask =>
  () => {
    clock.advance(1);
    return askForCode(program, party, { person: meetPerson(program, { email }) });
  };

/** Each time a new sign-in in the browser that the person has signed in with before. */
const asKnown =
  (person: Person, { program, party } = desk): Ask =>
  () => {
    clock.advance(1);
    return askForCode(program, party, { person, params: { prompt: 'login' } });
  };

async function meetOwner(): Promise<Person> {
  const person = meetPerson(desk.program);
  await signIn(desk.program, desk.party, { person });
  return person;
}

/** Types wrong codes, five a challenge at most. */
async function tryWrong(ask: Ask, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < count) {
    const { browser, code } = await ask();
    answers.push(...(await typeWrongCodes(browser, code, Math.min(5, count - answers.length))));
  }
  return answers;
}

async function tryRight(ask: Ask): Promise<Answer> {
  const { browser, code } = await ask();
  return typeCode(browser, code);
}

const digitsOf = async (ask: Ask) => (await ask()).code.length;
const newEmail = () => meetPerson(desk.program).email;
const statusesOf = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))];
const secondsUntil = (time: number) => String((time - Date.now()) / 1000);

describe('strangers', () => {
  test('get codes of ten digits after ten wrong ones within an hour, until the first of them is an hour old; nobody is locked out', async () => {
    const ask = asStranger(newEmail());
    const opensAt = Date.now() + 3_601_000;
    expect(statusesOf(await tryWrong(ask, 10))).toEqual([422]);
    for (let browser = 0; browser < 3; browser += 1) {
      const { answer, browser: stranger, code } = await ask();
      expect(answer.text).toContain('10-digit code');
      expect(code).toMatch(/^\d{10}$/);
      expect(isPastCode(await typeCode(stranger, code))).toBe(true);
    }
    clock.advance((opensAt - Date.now()) / 1000 - 1.001);
    expect(await digitsOf(ask)).toBe(10);
    expect(await digitsOf(ask)).toBe(6);
  });

  test('get them after twenty wrong ones within a day, until the first of them is a day old', async () => {
    const ask = asStranger(newEmail());
    const opensAt = Date.now() + 86_401_000;
    await tryWrong(ask, 10);
    clock.advance(3600);
    expect(await digitsOf(ask)).toBe(6);
    await tryWrong(ask, 10);
    clock.advance(3600);
    expect(await digitsOf(ask)).toBe(10);
    clock.advance((opensAt - Date.now()) / 1000);
    expect(await digitsOf(ask)).toBe(6);
  });

  test('whose code of six digits is spent by others are sent a longer one', async () => {
    const ask = asStranger(newEmail());
    await tryWrong(ask, 5);
    const [typing, resending, goingBack] = [await ask(), await ask(), await ask()];
    // Who guesses has come before: the address holds three codes of strangers.
    await typeWrongCodes(typing.browser, typing.code, 4);
    await typeWrongCodes(resending.browser, resending.code, 1);

    const right = await typeCode(typing.browser, typing.code);
    expect([right.status, right.text]).toEqual([422, expect.stringContaining('this code no longer works')]);
    expect((await typing.browser.open(right.url)).text).toContain('too many wrong codes');
    for (const { browser, person } of [typing, resending, goingBack]) {
      const sent = (await desk.program.outbox(person.email)).length;
      clock.advance(1);
      if (browser === goingBack.browser) {
        await browser.submit('/different');
        await browser.submit('/email', { email: person.email });
      } else await browser.submit('/resend');
      const code = await desk.program.codeFor(person.email, sent + 1);
      expect(code).toHaveLength(10);
      expect(isPastCode(await typeCode(browser, code))).toBe(true);
    }
  });

  test('have five tries at a long code, and none of them counts for the address', async () => {
    const ask = asStranger(newEmail());
    await tryWrong(ask, 10);
    for (let challenge = 0; challenge < 5; challenge += 1) {
      const { browser, code } = await ask();
      const answers = await typeWrongCodes(browser, code, 5);
      expect(answers.at(-1)?.text).toContain('this code no longer works');
      expect((await typeCode(browser, code)).status).toBe(422);
    }
    clock.advance(3600);
    expect(await digitsOf(ask)).toBe(6);
  });

  test('at one address change nothing at another, or for a browser that is known', async () => {
    const owner = await meetOwner();
    await tryWrong(asStranger(owner.email), 10);
    expect(await digitsOf(asStranger(newEmail()))).toBe(6);
    expect(await digitsOf(asKnown(owner))).toBe(6);
  });

  test('get a try back for a right code, and no more than that', async () => {
    const ask = asStranger(newEmail());
    await tryWrong(ask, 9);
    for (let time = 0; time < 3; time += 1) expect(isPastCode(await tryRight(ask))).toBe(true);
    expect(await digitsOf(ask)).toBe(6);
    await tryWrong(ask, 1);
    expect(await digitsOf(ask)).toBe(10);
  });
});

describe('a browser that is known', () => {
  test('is refused after ten wrong codes within an hour, the right one too, until the first of them is an hour old', async () => {
    const ask = asKnown(await meetOwner());
    const opensAt = Date.now() + 3_601_000;
    expect(statusesOf(await tryWrong(ask, 10))).toEqual([422]);
    const locked = await tryRight(ask);
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, secondsUntil(opensAt)]);
    clock.advance((opensAt - Date.now()) / 1000 - 1.001);
    expect((await tryRight(ask)).status).toBe(429);
    expect(isPastCode(await tryRight(ask))).toBe(true);
  });

  test('is refused after twenty within a day until the first of them is a day old', async () => {
    const ask = asKnown(await meetOwner());
    const opensAt = Date.now() + 86_401_000;
    await tryWrong(ask, 10);
    clock.advance(3600);
    await tryWrong(ask, 10);
    clock.advance(3600);
    const locked = await tryRight(ask);
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, secondsUntil(opensAt)]);
    clock.advance((opensAt - Date.now()) / 1000);
    expect(isPastCode(await tryRight(ask))).toBe(true);
  });

  test('is told the clock time, to the minute, and offered the way back to the app', async () => {
    const ask = asKnown(await meetOwner());
    const opensAt = Date.now() + 3_601_000;
    await tryWrong(ask, 10);
    const { browser, code } = await ask();
    const { text } = await typeCode(browser, code);
    expect(text).toContain('Too many wrong codes');
    const times = [...text.matchAll(/<time[^>]* datetime="([^"]+)"[^>]*>([^<]+)</g)].map(([, iso, words]) => [iso, words]);
    const opensMinute = Math.ceil(opensAt / 60_000) * 60_000;
    expect(times).toContainEqual([new Date(opensMinute).toISOString().replace(':00.000Z', 'Z'), formatMinute('en', opensMinute)]);
    const back = await browser.submit('/cancel');
    expect(desk.party.readCallback(back)).toMatchObject({ error: 'access_denied' });
  });

  test('may go on without the number, where it may be left out', async () => {
    const { program, party } = desk;
    const person = meetPerson(program);
    const { browser, phone = '' } = person;
    await signIn(program, party, { person, params: { scope: 'openid email phone' } });
    // A number as old as this is asked for again.
    clock.advance(91 * 86_400);
    await party.begin(browser, { scope: 'openid email phone' });
    await proveEmail(program, person);
    await browser.submit('/phone', { known: 'yes' });
    for (const sent of [2, 3]) {
      await typeWrongCodes(browser, await program.codeFor(phone, sent), 5);
      clock.advance(1);
      await browser.submit('/resend');
    }
    expect((await typeCode(browser, await program.codeFor(phone, 4))).status).toBe(429);
    expect(party.readCallback(await browser.submit('/decline'))).toHaveProperty('code');
  });
});

test('limits of the settings are obeyed', async () => {
  const codes = { triesPerChallenge: 2, triesPerAddressHour: 3, triesPerAddressDay: 4 };
  const strict = await openDesk(await startProgram({ sending, codes }));
  const ask = asStranger(newEmail(), strict);
  const { browser, code } = await ask();
  const [first, second] = await typeWrongCodes(browser, code, 2);
  expect(first?.text).toContain('You have one try left');
  expect(second?.text).toContain('this code no longer works');
  expect(statusesOf(await tryWrong(ask, 1))).toEqual([422]);
  expect(await digitsOf(ask)).toBe(10);
  clock.advance(3600);
  expect(statusesOf(await tryWrong(ask, 1))).toEqual([422]);
  expect(await digitsOf(ask)).toBe(10);
  clock.advance(82_700);
  expect(await digitsOf(ask)).toBe(10);
  clock.advance(100);
  expect(await digitsOf(ask)).toBe(6);
  await strict.program.close();
});

test('teeth: over a store that forgets what was spent, the eleventh and the twenty-first try at six digits are taken', async () => {
  const nodes = await startNodes(1, { overrides: { sending }, alter: forgetSpends });
  const ask = asStranger(newEmail(), await openDesk(nodes.first));
  expect(statusesOf(await tryWrong(ask, 20))).toEqual([422]);
  expect(await digitsOf(ask)).toBe(6);
  expect(isPastCode(await tryRight(ask))).toBe(true);
  await nodes.close();
});
