// Lanes: nobody can turn the limits against the owner, whose browser is known by its device cookie.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { createBrowser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, enterEmail, isPastCode, typeCode, typeWrongCodes } from '../helpers/code-page.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
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

/** Somebody who has signed in before, in the browser that they did it in. */
async function meetOwner({ program, party } = desk): Promise<Person> {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  clock.advance(86_400);
  return person;
}

const meetStranger = ({ email }: Person, { program } = desk) => meetPerson(program, { email });

/** Asks for a code to sign in anew. */
const ask = (person: Person, { party } = desk) => enterEmail(party, person, { prompt: 'login' });

/** How long the page says that the next message has to wait; null: it was sent. */
const waitOf = async (person: Person, at = desk) => (await ask(person, at)).headers.get('retry-after');

/** Strangers spend every message and every try that there is within the hour, and hold as many live codes as they may. */
async function spendEverything(owner: Person, at = desk): Promise<void> {
  const codes: string[] = [];
  for (let message = 0; message < 10; message += 1) {
    const { browser, code } = await askForCode(at.program, at.party, { person: meetStranger(owner, at) });
    codes.push(code);
    await typeWrongCodes(browser, code, message < 2 ? 5 : 1);
    clock.advance(300);
  }
  expect(codes.map(({ length }) => length)).toEqual([6, 6, 10, 10, 10, 10, 10, 10, 10, 10]);
  expect(Number(await waitOf(meetStranger(owner, at), at))).toBeGreaterThan(0);
}

test('strangers who spent everything of an address do not delay its owner by a second', async () => {
  const owner = await meetOwner();
  await spendEverything(owner);
  const { browser, code } = await askForCode(desk.program, desk.party, { person: owner, params: { prompt: 'login' } });
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('an owner whose tries and messages are spent by strangers still has all of their own', async () => {
  const owner = await meetOwner();
  await spendEverything(owner);
  const { browser, code } = await askForCode(desk.program, desk.party, { person: owner, params: { prompt: 'login' } });
  expect((await typeWrongCodes(browser, code, 4)).map(({ status }) => status)).toEqual([422, 422, 422, 422]);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('the live code of a known browser is never pushed out by strangers', async () => {
  const owner = await meetOwner();
  const { browser, code } = await askForCode(desk.program, desk.party, { person: owner, params: { prompt: 'login' } });
  for (const pause of [30, 60, 120, 300]) {
    await askForCode(desk.program, desk.party, { person: meetStranger(owner) });
    clock.advance(pause);
  }
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('the live code of a known browser takes no place of a stranger', async () => {
  const owner = await meetOwner();
  const first = await askForCode(desk.program, desk.party, { person: meetStranger(owner) });
  for (const pause of [30, 60]) {
    clock.advance(pause);
    await ask(meetStranger(owner));
  }
  await ask(owner);
  expect(isPastCode(await typeCode(first.browser, first.code))).toBe(true);
});

/** The owner's address in a browser with this device cookie. */
function withDevice(owner: Person, value: string): Person {
  const browser = createBrowser(desk.program.url);
  browser.cookies().push({ name: 'device', value, path: '/' });
  return { ...owner, browser };
}

const deviceOf = ({ browser }: Person) => browser.cookies().find(({ name }) => name === 'device')?.value ?? '';

test('the device cookie alone makes a browser known', async () => {
  const owner = await meetOwner();
  await ask(meetStranger(owner));
  expect(await waitOf(withDevice(owner, deviceOf(owner)))).toBe(null);
});

const swapLast = (text: string) => text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');

test.each([
  ['of another account', (_: string, other: string) => other],
  ['with the tag of another account', (own: string, other: string) => `${own.split('.')[0]}.${other.split('.')[1]}`],
  ['with the tag under another id', (own: string, other: string) => `${other.split('.')[0]}.${own.split('.')[1]}`],
  ['with an altered tag', swapLast],
  ['with an altered id', (own: string) => swapLast(own.split('.')[0] ?? '') + own.slice(22)],
  ['without a tag', (own: string) => own.slice(0, 22)],
  ['that is no such cookie', () => 'known'],
])('a browser with a device cookie %s is a stranger', async (_, forge) => {
  const owner = await meetOwner();
  const other = await meetOwner();
  await ask(meetStranger(owner));
  expect(await waitOf(withDevice(owner, forge(deviceOf(owner), deviceOf(other))))).toBe('30');
});

test("a browser that is known for one account is a stranger at another's address", async () => {
  const owner = await meetOwner();
  const other = await meetOwner();
  await ask(meetStranger(owner));
  expect(await waitOf({ ...other, email: owner.email })).toBe('30');
});

test('teeth: over a store that keeps one budget for both lanes, strangers hold the owner up', async () => {
  const joinLanes = ({ expiring, ...rest }: Storage): Storage => ({
    ...rest,
    expiring: { ...expiring, spend: (partition, ledgers) => expiring.spend(partition.replace(/:known$/, ':stranger'), ledgers) },
  });
  const nodes = await startNodes(1, { alter: joinLanes });
  const broken = await openDesk(nodes.first);
  const owner = await meetOwner(broken);
  await spendEverything(owner, broken);
  expect(Number(await waitOf(owner, broken))).toBeGreaterThan(0);
  await nodes.close();
});
