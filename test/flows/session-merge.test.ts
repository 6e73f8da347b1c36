// Two apps of one session at once: each keeps the tokens that it was given.
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { type Held, type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, prepareConsent, prepareSignIn, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const writing: Held = { names: ['put', 'replace', 'insert'], first: 'Session' };
const ending: Held = { names: ['remove'], first: 'Session' };
const third = { ...clientMetadata.web, client_id: 'third', redirect_uris: ['http://127.0.0.1:9/third'] };
let store: HeldStorage;
let program: Program;
let party: RelyingParty;
let others: [RelyingParty, RelyingParty];
const clock = createClock();

beforeEach(async () => {
  store = await openHeldStorage();
  program = await startProgram({}, { storage: store.storage, clients: [third] });
  party = await createRelyingParty(program.issuer);
  others = [await createRelyingParty(program.issuer, clientMetadata.spa), await createRelyingParty(program.issuer, third)];
});
afterEach(async () => {
  await program.close();
  await store.close();
});
afterAll(() => clock.restore());

/** Somebody who has agreed to all three apps, and is signed in to one of them in this browser. */
async function meetSignedIn(): Promise<Person> {
  const person = meetPerson(program);
  const elsewhere = meetPerson(program, { email: person.email });
  for (const from of others) await signIn(program, from, { person: elsewhere });
  clock.advance(31);
  await signIn(program, party, { person });
  return person;
}

async function prepareEnd(person: Person, from: RelyingParty) {
  clock.advance(61);
  return { from, ...(await prepareSignIn(program, from, person)) };
}

const prepareAgreement = async (person: Person, from: RelyingParty) => ({ from, ...(await prepareConsent(from, person)) });

function prepareSilent(from: RelyingParty) {
  const { url, verifier } = from.request({ prompt: 'none' });
  return { from, verifier, url };
}

type Prepared = ReturnType<typeof prepareSilent>;

/** Starts the first, and lets it go on when the second is answered. */
async function overtake({ browser }: Person, what: Held, [first, second]: [Prepared, Prepared]): Promise<[Answer, Answer]> {
  const held = store.hold(what);
  const slow = browser.request(first.url);
  await held.reached;
  const quick = await browser.request(second.url);
  held.letGo();
  return [await slow, quick];
}

/** What userinfo says to the tokens of an answer. */
async function useTokens({ from, verifier }: Prepared, answer: Answer): Promise<number> {
  const { code = '' } = from.readCallback(answer);
  const { status, body } = await from.redeem(code, verifier);
  return status === 200 ? (await from.userinfo(body.access_token)).status : status;
}

test('two apps that ask at once in one session both get tokens that work', async () => {
  const person = await meetSignedIn();
  const asked: [Prepared, Prepared] = [prepareSilent(others[0]), prepareSilent(others[1])];
  const answers = await overtake(person, writing, asked);
  expect([await useTokens(asked[0], answers[0]), await useTokens(asked[1], answers[1])]).toEqual([200, 200]);
});

test.each([
  ['sign-ins', prepareEnd, ending],
  ['consents', prepareAgreement, writing],
])('two %s that end at once for two apps both give tokens that work', async (_, prepare, what) => {
  const person = await meetSignedIn();
  const asked: [Prepared, Prepared] = [await prepare(person, others[0]), await prepare(person, others[1])];
  const answers = await overtake(person, what, asked);
  expect([await useTokens(asked[0], answers[0]), await useTokens(asked[1], answers[1])]).toEqual([200, 200]);
  expect(await party.silently(person.browser)).toHaveProperty('code');
});
