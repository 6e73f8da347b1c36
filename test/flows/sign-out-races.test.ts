// A session that has ended stays ended, whatever is in flight.
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import type { Browser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { type Held, type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, prepareConsent, prepareSignIn, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { breakStorage } from '../storage/broken.ts';

const writing: Held = { names: ['put', 'replace', 'insert'], first: 'Session' };
const ending: Held = { names: ['remove'], first: 'Session' };
let store: HeldStorage;
let program: Program;
let party: RelyingParty;
const clock = createClock();

async function start(alter: (storage: Storage) => Storage = (storage) => storage): Promise<void> {
  store = await openHeldStorage();
  program = await startProgram({}, { storage: alter(store.storage) });
  party = await createRelyingParty(program.issuer);
}
beforeEach(() => start());
afterEach(async () => {
  await program.close();
  await store.close();
});
afterAll(() => clock.restore());

async function meetSignedIn() {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  return person;
}

const prepareEnd = async (person: Person): Promise<string> => {
  clock.advance(61);
  return (await prepareSignIn(program, party, person)).url;
};
const prepareAgreement = async (person: Person): Promise<string> => (await prepareConsent(party, person)).url;

/** Does `request` with its session's write held back until the person has signed out; answers what became of it. */
async function signOutMeanwhile<T>(browser: Browser, what: Held, request: () => Promise<T>): Promise<T> {
  await browser.open(String(party.metadata.end_session_endpoint));
  const { action, fields } = browser.findForm('/sign-out/confirm');
  const held = store.hold(what);
  const answer = request();
  await held.reached;
  const out = await browser.post(action, { ...fields, logout: 'yes' });
  expect(out.status).toBe(303);
  held.letGo();
  return answer;
}

/** A browser that kept every cookie, as a thief would. */
function copyOf(browser: Browser): Browser {
  const copy = meetPerson(program).browser;
  copy.cookies().push(...browser.cookies());
  return copy;
}

/** The silent request that is under way while the person signs out, and the cookies from before. */
async function raceSilentRequest() {
  const { browser } = await meetSignedIn();
  const copy = copyOf(browser);
  const { url, verifier } = party.request({ prompt: 'none' });
  const answer = await signOutMeanwhile(browser, writing, () => browser.request(url));
  return { browser, copy, answer, verifier };
}

test('a request in flight during a sign-out does not bring the session back, for the browser or for its old cookies', async () => {
  const { browser, copy } = await raceSilentRequest();
  expect(browser.cookies().map(({ name }) => name)).not.toContain('session');
  for (const each of [browser, copy]) expect(await party.silently(each)).toMatchObject({ error: 'login_required' });
});

test('nor does the code that it was answered with give tokens', async () => {
  const { answer, verifier } = await raceSilentRequest();
  const { code = '' } = Object.fromEntries(new URL(answer.location ?? '').searchParams);
  expect((await party.redeem(code, verifier)).body).toMatchObject({ error: 'invalid_grant' });
});

test.each([
  ['a sign-in ends, just when that takes the session’s old id away', prepareEnd, ending],
  ['a sign-in ends, just when that writes it under a new one', prepareEnd, writing],
  ['a consent ends, just when that writes the session', prepareAgreement, writing],
])('a sign-out while %s, holds, or says that it did not', async (_, prepare, what) => {
  const person = await meetSignedIn();
  const { browser } = person;
  const copy = copyOf(browser);
  const url = await prepare(person);
  await browser.open(String(party.metadata.end_session_endpoint));
  const out = browser.findForm('/sign-out/confirm');
  const held = store.hold(what);
  const resumed = browser.request(url);
  await held.reached;
  const ended = await browser.post(out.action, { ...out.fields, logout: 'yes' });
  held.letGo();
  await resumed;
  const after = await party.silently(browser);
  expect(ended.status === 303 ? after : { error: 'login_required' }).toMatchObject({ error: 'login_required' });
  expect(await party.silently(copy)).toMatchObject({ error: 'login_required' });
});

test('twenty requests around a sign-out leave nothing', async () => {
  const { browser } = await meetSignedIn();
  const copies = Array.from({ length: 20 }, () => copyOf(browser));
  await browser.open(String(party.metadata.end_session_endpoint));
  const [out] = await Promise.all([
    browser.submit('/sign-out/confirm', { logout: 'yes' }),
    inParallel(20, (index) => party.begin(copies[index] as Browser, { prompt: 'none' })),
  ]);
  expect(out.text).toContain('signed out');
  for (const each of [browser, ...copies]) expect(await party.silently(each)).toMatchObject({ error: 'login_required' });
});

test('teeth: over a store that reads, waits and then writes, the session comes back', async () => {
  await program.close();
  await store.close();
  await start(breakStorage);
  const { copy } = await raceSilentRequest();
  expect(await party.silently(copy)).toHaveProperty('code');
});
