// An outage that begins at any operation of a sign-in: the page is sent again when it is over, and the person gets through.
import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { getThrough } from '../helpers/patient-person.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty, type TokenAnswer } from '../helpers/relying-party.ts';
import { openSwitchedStorage, type SwitchedStorage } from '../helpers/switched-storage.ts';

let store: SwitchedStorage;
let program: Program;
let party: RelyingParty;
const clock = createClock();
const params = { scope: 'openid email phone' };

async function start(fail?: () => Error): Promise<void> {
  store = await openSwitchedStorage(fail);
  program = await startProgram({}, { storage: store.storage });
  party = await createRelyingParty(program.issuer);
}
afterEach(async () => {
  store.switchOn();
  await program.close();
  await store.close();
});
afterAll(() => clock.restore());

/** Where the outage used up the authorization code, the app asks again, and the session answers. */
async function redeem({ browser }: Person, code: string, verifier: string): Promise<TokenAnswer> {
  const answer = await party.redeem(code, verifier);
  if (answer.status === 200) return answer;
  store.switchOn();
  const again = await party.begin(browser, { ...params, prompt: 'none' });
  return party.redeem(party.readCallback(again.answer).code ?? '', again.verifier);
}

/** A sign-in that meets an outage after `at` operations; answers the status of every page on the way. */
async function signInThroughOutage(at: number): Promise<number[]> {
  const person = meetPerson(program);
  const seen: Answer[] = [];
  const { url, verifier } = party.request(params);
  store.switchOff(at);
  const callback = await getThrough({ program, person, onOutage: store.switchOn, wait: clock.advance }, url, seen);
  const { body: tokens } = await redeem(person, party.readCallback(callback).code ?? '', verifier);
  store.switchOn();
  const { body: claims } = await party.userinfo(tokens.access_token);
  expect(claims).toMatchObject({ email: person.email, phone_number: person.phone });
  return seen.map(({ status }) => status);
}

test('whatever operation an outage begins at, nobody sees a 500 and everybody gets their tokens', async () => {
  await start();
  const before = store.operations;
  await signIn(program, party, { person: meetPerson(program), params });
  const whole = store.operations - before;
  expect(whole).toBeGreaterThan(50);

  const statuses = new Set<number>();
  let outages = 0;
  for (let at = 0; at < whole; at += 1) {
    const seen = await signInThroughOutage(at);
    for (const status of seen) statuses.add(status);
    outages += Number(seen.includes(503));
  }
  // 400: the outage came when the sign-in was just over; "This sign-in has ended", and the app begins it anew.
  expect([...statuses].filter((status) => ![200, 303, 400, 422, 503].includes(status))).toEqual([]);
  expect(outages).toBeGreaterThan(whole * 0.8);
}, 180_000);

test('the same walk does see a 500 where a store fails in a way that nobody expects', async () => {
  await start(() => new Error('not an outage but a bug'));
  await expect(signInThroughOutage(5)).rejects.toThrow('(500)');
});
