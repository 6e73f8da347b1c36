// Requests of one browser that only happen at once: nobody is signed out by them.
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { type Held, type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, prepareConsent, prepareSignIn, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const reading: Held = { names: ['get'], first: 'Session' };
const writing: Held = { names: ['put', 'replace', 'insert'], first: 'Session' };
const ending: Held = { names: ['remove'], first: 'Session' };
let store: HeldStorage;
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeEach(async () => {
  store = await openHeldStorage();
  program = await startProgram({}, { storage: store.storage });
  party = await createRelyingParty(program.issuer);
});
afterEach(async () => {
  await program.close();
  await store.close();
});
afterAll(() => clock.restore());

async function meetSignedIn(): Promise<Person> {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  return person;
}

const prepareEnd = async (person: Person): Promise<string> => {
  clock.advance(61);
  return (await prepareSignIn(program, party, person)).url;
};
const prepareAgreement = async (person: Person): Promise<string> => (await prepareConsent(party, person)).url;

/** Sends the first, holds it back at an operation of the store until the second is answered, and lets it go on. */
async function overtake({ browser }: Person, what: Held, [first, second]: [string, string]): Promise<void> {
  const held = store.hold(what);
  const slow = browser.request(first);
  await held.reached;
  await browser.request(second);
  held.letGo();
  await slow;
}

const silentRequest = () => party.request({ prompt: 'none' }).url;

test.each([
  ['reads', reading],
  ['writes', writing],
])('a request that is overtaken by the end of a sign-in, before it %s the session, signs nobody out', async (_, what) => {
  const person = await meetSignedIn();
  await overtake(person, what, [silentRequest(), await prepareEnd(person)]);
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test.each([
  ['takes the session’s old id away', ending],
  ['writes the new one', writing],
])('a request that overtakes the end of a sign-in, before that %s, signs nobody out', async (_, what) => {
  const person = await meetSignedIn();
  await overtake(person, what, [await prepareEnd(person), silentRequest()]);
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test.each([
  ['reads', reading],
  ['writes', writing],
])('a request that overtakes the end of a consent, before that %s the session, signs nobody out', async (_, what) => {
  const person = await meetSignedIn();
  await overtake(person, what, [await prepareAgreement(person), silentRequest()]);
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test('a consent leaves the session its id, and a sign-in gives it a new one', async () => {
  const person = await meetSignedIn();
  const idOf = () => person.browser.cookies().find(({ name }) => name === 'session')?.value;
  const before = idOf();
  await person.browser.request(await prepareAgreement(person));
  const agreed = idOf();
  await person.browser.request(await prepareEnd(person));
  expect([before, agreed === before, idOf() === before]).toEqual([expect.any(String), true, false]);
});

test.each(['reads', 'ends'])(
  'of two sign-ins that end at once, one overtaken before it %s the session, none signs the person out',
  async (when) => {
    const person = await meetSignedIn();
    const ends: [string, string] = [await prepareEnd(person), await prepareEnd(person)];
    await overtake(person, when === 'reads' ? reading : ending, ends);
    expect(await party.silently(person.browser)).toHaveProperty('code');
  },
);

test('a request with a cookie that is no session’s any more is given none, that would push out a newer one', async () => {
  const person = await meetSignedIn();
  const end = await prepareEnd(person);
  const late = meetPerson(program).browser;
  late.cookies().push(...person.browser.cookies());
  await person.browser.request(end);
  for (const url of [silentRequest(), party.request().url]) {
    const answer = await late.request(url);
    expect(answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('session'))).toEqual([]);
  }
});

test('twenty requests of one session at once leave it signed in', async () => {
  const { browser } = await meetSignedIn();
  const answers = await inParallel(20, () => browser.request(party.request({ prompt: 'none' }).url));
  for (const { location } of answers) expect(location).toContain('code=');
  expect(await party.silently(browser)).toHaveProperty('code');
});
