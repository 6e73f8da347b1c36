// Texts cost money, and somebody earns by them: how many leave doesn't depend on how many numbers somebody has.
import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { type Overrides, type Program, startProgram } from '../helpers/program.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const both = { scope: 'openid email phone' };
const clock = createClock();
let program: Program;
let party: RelyingParty;

async function start(sending: Overrides['sending']): Promise<void> {
  program = await startProgram({ sending });
  party = await createRelyingParty(program.issuer);
}
afterEach(() => program.close());
afterAll(() => clock.restore());

/** As far as the page that asks for a number. */
async function reachPhone(person: Person): Promise<Person> {
  await party.begin(person.browser, { ...both, prompt: 'login' });
  await proveEmail(program, person);
  return person;
}

const secondsToMidnight = () => Math.ceil((86_400_000 - (Date.now() % 86_400_000)) / 1000);
const number = (nth: number) => `+44740099${String(nth).padStart(4, '0')}`;
const giveNumber = ({ browser }: Person, phone: string): Promise<Answer> => browser.submit('/phone', { phone });

/** Texts to the numbers of a test, when all have left. */
async function countTexts(numbers: readonly string[], expected: number): Promise<number> {
  const count = async () => (await Promise.all(numbers.map((each) => program.outbox(each)))).flat().length;
  for (let looks = 0; looks < 300 && (await count()) < expected; looks += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  return count();
}

test('one proven email address has so many numbers texted in an hour, in whichever browsers and sign-ins', async () => {
  await start({ smsPerEmailHour: 4, smsPerEmailDay: 6 });
  const numbers = Array.from({ length: 12 }, (_, nth) => number(nth));
  const first = meetPerson(program);
  await reachPhone(first);
  for (const each of numbers.slice(0, 3)) {
    expect((await giveNumber(first, each)).headers.get('retry-after')).toBe(null);
    await first.browser.submit('/different');
  }
  clock.advance(60);
  const second = await reachPhone(meetPerson(program, { email: first.email }));
  expect((await giveNumber(second, numbers[3] ?? '')).headers.get('retry-after')).toBe(null);
  await second.browser.submit('/different');
  const refused = await giveNumber(second, numbers[4] ?? '');
  expect(refused.headers.get('retry-after')).toBe('3540');
  expect(refused.text).toContain('We haven’t sent a code to');
  // The number itself was charged nothing for it.
  const somebody = await reachPhone(meetPerson(program));
  expect((await giveNumber(somebody, numbers[4] ?? '')).headers.get('retry-after')).toBe(null);
  expect(await countTexts(numbers, 5)).toBe(5);

  clock.advance(3600);
  const later = await reachPhone(meetPerson(program, { email: first.email }));
  for (const each of numbers.slice(5, 10)) {
    await giveNumber(later, each);
    await later.browser.submit('/different');
  }
  expect(await countTexts(numbers, 7)).toBe(7); // the day's six
});

test('plus-tags of one mailbox are one payer, also where the address was proven at an earlier sign-in', async () => {
  await start({ smsPerEmailHour: 2 });
  const numbers = [20, 21, 22, 23].map(number);
  const refused: boolean[] = [];
  for (const [nth, each] of numbers.entries()) {
    const person = meetPerson(program, { email: `pump+${nth}@example.com` });
    if (nth % 2) await signIn(program, party, { person, params: { scope: 'openid email' } });
    else await reachPhone(person);
    if (nth % 2) await party.begin(person.browser, both);
    refused.push((await giveNumber(person, each)).headers.has('retry-after'));
    clock.advance(301);
  }
  expect(refused).toEqual([false, false, true, true]);
});

test('a day has so many such texts in all, exact when all ask at once; a browser that the owner is known in is not counted', async () => {
  await start({ smsPerDayInAll: 5 });
  clock.advance(secondsToMidnight());
  const owner = meetPerson(program);
  await signIn(program, party, { person: owner, params: both });
  clock.advance(3600);
  const people = await Promise.all(Array.from({ length: 12 }, () => reachPhone(meetPerson(program))));
  const numbers = people.map((_, nth) => number(100 + nth));
  const answers = await inParallel(people.length, (nth) => giveNumber(people[nth]!, numbers[nth] ?? ''));
  expect(await countTexts(numbers, 4)).toBe(4); // and the owner's first
  const untilMidnight = secondsToMidnight();
  expect(answers.filter(({ headers }) => Math.abs(Number(headers.get('retry-after')) - untilMidnight) < 5)).toHaveLength(8);

  await party.begin(owner.browser, { scope: 'openid phone', prompt: 'login' });
  const before = (await program.outbox(owner.phone ?? '')).length;
  await owner.browser.submit('/identifier', { identifier: owner.phone ?? '' });
  await program.codeFor(owner.phone ?? '', before + 1);

  clock.advance(untilMidnight);
  const again = await reachPhone(meetPerson(program));
  expect((await giveNumber(again, numbers.at(-1) ?? '')).headers.get('retry-after')).toBe(null);
});
