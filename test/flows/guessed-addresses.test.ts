// Whoever guesses at an address for months gets thirty tries at six digits in half a year, and ten digits after that; whatever is lost.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { openDesk as openAccountDesk } from '../helpers/account-desk.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, isPastCode, typeCode, typeWrongCodes } from '../helpers/code-page.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { openLosableStorage } from '../helpers/losable-storage.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { startProgram } from '../helpers/program.ts';

const day = 86_400;
const few = { codes: { strangerFailures: 4, strangerFailureDays: 10 } };
const clock = createClock();
let store: Awaited<ReturnType<typeof openLosableStorage>>;
let desk: Desk;

beforeAll(async () => {
  clock.stop();
  store = await openLosableStorage();
  desk = await openDesk(await startProgram(few, { storage: store.storage }));
});

afterAll(async () => {
  clock.restore();
  await desk.program.close();
  await store.storage.close();
});

/** A code for a stranger at the address, when no message is held back any more. */
function ask(email: string, { program, party } = desk) {
  clock.advance(3600);
  return askForCode(program, party, { person: meetPerson(program, { email }) });
}

async function guess(email: string, times: number, at = desk): Promise<void> {
  const { browser, code } = await ask(email, at);
  await typeWrongCodes(browser, code, times);
}

const digitsOf = async (email: string, at = desk) => (await ask(email, at)).code.length;
const nobody = () => meetPerson(desk.program).email;

async function meetOwner({ program, party } = desk): Promise<Person> {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  return person;
}

test.each([
  ['somebody', async () => (await meetOwner()).email],
  ['nobody', async () => nobody()],
])('the address of %s gets long codes with the last of the failures, for as long as the first is remembered', async (_, meet) => {
  const email = await meet();
  const forgotten = Date.now() + (3600 + 10 * day) * 1000;
  await guess(email, 3);
  expect(await digitsOf(email)).toBe(6);
  await guess(email, 1);
  expect(await digitsOf(email)).toBe(10);
  clock.advance((forgotten - Date.now()) / 1000 - 3601);
  const { browser, code } = await ask(email);
  expect(code).toHaveLength(10);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
  expect(await digitsOf(email)).toBe(6);
});

test.each(['the account', 'the address'])('where %s goes they stay: nobody learns that there was one, or begins anew', async (what) => {
  const owner = meetPerson(desk.program);
  await signIn(desk.program, desk.party, { person: owner, params: { scope: 'openid email phone' } });
  await guess(owner.email, 4);
  const { users, find } = await openAccountDesk(desk.program, store.storage);
  const { id } = await find(owner.email);
  if (what === 'the account') await users.remove(id, 'operator');
  else await users.removeAddress(id, users.readAddress(owner.email), 'operator');
  expect(await users.find(owner.email)).toBeUndefined();
  expect(await digitsOf(owner.email)).toBe(10);
});

test('losing all expiring data makes no code shorter', async () => {
  const email = nobody();
  await guess(email, 4);
  await store.loseExpiring();
  expect(await digitsOf(email)).toBe(10);
});

test('a right code between them takes none of them back', async () => {
  const email = nobody();
  await guess(email, 3);
  const { browser, code } = await ask(email);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
  await guess(email, 1);
  expect(await digitsOf(email)).toBe(10);
});

test('the failures of the owner’s own browser are none of these, and its codes stay short', async () => {
  const owner = await meetOwner();
  const own = () => {
    clock.advance(3600);
    return askForCode(desk.program, desk.party, { person: owner, params: { prompt: 'login' } });
  };
  const { browser, code } = await own();
  await typeWrongCodes(browser, code, 4);
  expect(await digitsOf(owner.email)).toBe(6);
  await guess(owner.email, 4);
  expect(await digitsOf(owner.email)).toBe(10);
  expect((await own()).code).toHaveLength(6);
});

test('by default they are thirty in 180 days', async () => {
  const usual = await openDesk(await startProgram());
  const email = nobody();
  const first = Date.now() + (day + 3600) * 1000;
  for (const count of [5, 5, 5, 5, 5, 4]) {
    clock.advance(day);
    await guess(email, count, usual);
  }
  clock.advance(day);
  expect(await digitsOf(email, usual)).toBe(6);
  await guess(email, 1, usual);
  clock.advance(day);
  expect(await digitsOf(email, usual)).toBe(10);
  clock.advance((first - Date.now()) / 1000 + 180 * day - 3601);
  expect(await digitsOf(email, usual)).toBe(10);
  expect(await digitsOf(email, usual)).toBe(6);
  await usual.program.close();
});

test('teeth: over a store that forgets its durable counters, six digits are guessed at for ever', async () => {
  const forgetCounts = ({ records, ...rest }: Storage): Storage => ({ ...rest, records: { ...records, bump: async () => 1 } });
  const nodes = await startNodes(1, { overrides: few, alter: forgetCounts });
  const broken = await openDesk(nodes.first);
  const email = nobody();
  await guess(email, 4, broken);
  expect(await digitsOf(email, broken)).toBe(6);
  await nodes.close();
});
