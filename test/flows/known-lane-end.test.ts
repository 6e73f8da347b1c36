// The known lane ends after a hundred wrong codes in a row (fewer here): then its browsers are strangers, whatever is lost.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, enterEmail, isPastCode, typeCode, typeWrongCodes } from '../helpers/code-page.ts';
import { openLosableStorage } from '../helpers/losable-storage.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const overrides = { codes: { knownLaneFailures: 4, triesPerAddressHour: 1000, triesPerAddressDay: 1000 } };
const params = { prompt: 'login' };
const clock = createClock();
let store: Awaited<ReturnType<typeof openLosableStorage>>;
let program: Program;
let party: RelyingParty;
let owner: Person;

beforeAll(async () => {
  clock.stop();
  store = await openLosableStorage();
  program = await startProgram(overrides, { storage: store.storage });
  party = await createRelyingParty(program.issuer);
});

afterAll(async () => {
  clock.restore();
  await program.close();
  await store.storage.close();
});

beforeEach(async () => {
  owner = meetPerson(program);
  await signIn(program, party, { person: owner });
});

/** Wrong codes of the owner's own browser, at a new challenge; answers the right code. */
async function fail(times: number): Promise<string> {
  clock.advance(3600);
  const { browser, code } = await askForCode(program, party, { person: owner, params });
  await typeWrongCodes(browser, code, times);
  return code;
}

/** A stranger's message was just sent: whoever is a stranger now has to wait, and who is known has not. */
async function isKnown(): Promise<boolean> {
  clock.advance(3600);
  await enterEmail(party, meetPerson(program, { email: owner.email }));
  return (await enterEmail(party, owner, params)).headers.get('retry-after') === null;
}

test('a failure short of the limit the lane is open, and with the last one it ends', async () => {
  await fail(3);
  expect(await isKnown()).toBe(true);
  await fail(1);
  expect(await isKnown()).toBe(false);
});

test('a challenge of the lane ends with it, and a resend is a message to a stranger, whose code works', async () => {
  const code = await fail(4);
  const { browser } = owner;
  const right = await typeCode(browser, code);
  expect([right.status, right.text]).toEqual([422, expect.stringContaining('That code no longer works')]);
  expect((await browser.submit('/resend')).text).toContain('We’re sending a new code');
  expect(isPastCode(await typeCode(browser, await program.codeFor(owner.email, 3)))).toBe(true);
});

test('a success in between begins the count anew', async () => {
  for (let time = 0; time < 3; time += 1) expect(isPastCode(await typeCode(owner.browser, await fail(3)))).toBe(true);
  expect(await isKnown()).toBe(true);
});

test('losing all expiring data opens no lane that had ended, and forgets no failure', async () => {
  await fail(3);
  await store.loseExpiring();
  expect(await isKnown()).toBe(true);
  await fail(1);
  await store.loseExpiring();
  expect(await isKnown()).toBe(false);
});

test("strangers' wrong codes end nobody's lane", async () => {
  for (let time = 0; time < 3; time += 1) {
    clock.advance(3600);
    const { browser, code } = await askForCode(program, party, { person: meetPerson(program, { email: owner.email }) });
    await typeWrongCodes(browser, code, 5);
  }
  expect(await isKnown()).toBe(true);
});

test('teeth: over a store that forgets its durable counters, the right code is taken after a fourth failure', async () => {
  const forgetCounts = ({ records, ...rest }: Storage): Storage => ({ ...rest, records: { ...records, bump: async () => 1 } });
  const nodes = await startNodes(1, { overrides, alter: forgetCounts });
  const brokenParty = await createRelyingParty(nodes.first.issuer);
  const person = meetPerson(nodes.first);
  await signIn(nodes.first, brokenParty, { person });
  clock.advance(3600);
  const { browser, code } = await askForCode(nodes.first, brokenParty, { person, params });
  await typeWrongCodes(browser, code, 4);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
  await nodes.close();
});
