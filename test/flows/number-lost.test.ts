// A number that is somebody else's by the time a sign-in ends: nobody takes it from them, and they are told.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { allow, goThrough, meetPerson, type Person, proveEmail, provePhone } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const both = { scope: 'openid email phone' };
let held: HeldStorage;
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  held = await openHeldStorage();
  program = await startProgram({}, { storage: held.storage });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await held.close();
});

/** Somebody who has typed the right code of a number, and is about to get an account when another person finishes with it. */
async function loseNumber() {
  const late = meetPerson(program);
  const { phone = '' } = late;
  const { verifier } = await party.begin(late.browser, both);
  await proveEmail(program, late);
  await late.browser.submit('/phone', { phone });
  const { action, fields } = late.browser.findForm('/code');
  const hold = held.hold({ names: ['insertInTurn'] });
  const answer = late.browser.post(action, { ...fields, code: await program.codeFor(phone) });
  await hold.reached;
  clock.advance(31);
  const owner = meetPerson(program, { phone });
  await party.begin(owner.browser, both);
  await proveEmail(program, owner);
  expect((await provePhone(program, owner)).url).toMatch(/\/consent$/);
  expect(party.readCallback(await allow(owner))).toHaveProperty('code');
  hold.letGo();
  return { late, owner, verifier, page: await late.browser.follow(await answer) };
}

/** Waits for the message after the one with the code. */
async function readNotice({ email }: Person): Promise<string | undefined> {
  const deadline = performance.now() + 10_000;
  while ((await program.outbox(email)).length < 2 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  return (await program.outbox(email))[1]?.text;
}

test('the owner of a number that somebody lost at the last moment is told by email, without a word about that person', async () => {
  const { late, owner, page } = await loseNumber();
  expect(page.url).toMatch(/\/number-used$/);
  expect(page.text).not.toContain(owner.email);
  const notice = await readNotice(owner);
  expect(notice).toContain(owner.phone?.slice(-3));
  expect(notice).not.toContain(late.email);
});

test('whoever lost it goes on without it, and gives no number to the app', async () => {
  const { late, verifier } = await loseNumber();
  const next = await late.browser.submit('/decline', { choice: 'not_now' });
  const { code = '' } = party.readCallback(await goThrough(program, late, next));
  const { body } = await party.redeem(code, verifier);
  const released = { sub: expect.any(String), email: late.email, email_verified: true };
  expect((await party.userinfo(body.access_token)).body).toEqual(released);
});
