// A code proves the address that it was sent to, whatever else is typed, sent again or changed in the same sign-in meanwhile.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { codeIn } from '../helpers/code-in.ts';
import { askForCode, countMessages, enterEmail, isPastCode, typeCode } from '../helpers/code-page.ts';
import { type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let store: HeldStorage;
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  store = await openHeldStorage();
  program = await startProgram({}, { storage: store.storage });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await store.close();
});

/** Somebody at the code page whose resend the store holds back, on its way to the message. */
async function holdResend() {
  const attempt = await askForCode(program, party);
  clock.advance(31);
  const { action, fields } = attempt.browser.findForm('/resend');
  const post = (name: string, more: Record<string, string> = {}) =>
    attempt.browser.post(action.replace('/resend', name), { ...fields, ...more });
  const held = store.hold({ names: ['spend'] });
  const resend = post('/resend');
  await held.reached;
  return { ...attempt, post, held, resend };
}

/** Back to the first page, and an address typed there. */
async function changeTo({ browser }: Person, email: string): Promise<Answer> {
  await browser.submit('/different');
  return browser.submit('/email', { email });
}

test('a code that is sent again while another address is typed does not prove that address', async () => {
  const victim = meetPerson(program);
  await signIn(program, party, { person: victim });
  clock.advance(31);
  const { browser, code, post, held, resend, person } = await holdResend();
  await post('/email', { email: victim.email });
  held.letGo();
  await resend;
  const page = await browser.open(browser.page.url);
  expect([page.url, page.text]).toEqual([expect.stringMatching(/\/code$/), expect.stringContaining(victim.email)]);
  await countMessages({ program, party }, person.email);
  const codes = (await program.outbox(person.email)).map(({ text }) => codeIn(text) ?? '');
  for (const each of new Set([code, ...codes])) expect(isPastCode(await typeCode(browser, each))).toBe(false);
  expect(isPastCode(await typeCode(browser, await program.codeFor(victim.email, 2)))).toBe(true);
});

test('a code that is sent again while another tab goes back to the first page leaves the person there', async () => {
  const { browser, post, held, resend } = await holdResend();
  await post('/different');
  held.letGo();
  await resend;
  expect((await browser.open(browser.page.url.replace('/code', ''))).url).toMatch(/\/email$/);
});

test('back at the first address, its code still works where no message has left for the other', async () => {
  const other = meetPerson(program);
  await enterEmail(party, other); // the other address has its pause from somewhere else
  const { person, browser, code } = await askForCode(program, party);
  expect((await changeTo(person, other.email)).text).toContain('haven’t sent a code');
  expect((await changeTo(person, person.email)).text).toContain(person.email);
  expect(browser.page.text).not.toContain('haven’t sent a code');
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
  expect(await program.outbox(person.email)).toHaveLength(1);
});

test('a code that was sent to another address kills that of the first: the page says that none is under way, and the old one is dead', async () => {
  const other = meetPerson(program);
  const { person, browser, code } = await askForCode(program, party);
  await changeTo(person, other.email);
  await program.codeFor(other.email);
  expect((await changeTo(person, person.email)).text).toContain('haven’t sent a code');
  const refused = await typeCode(browser, code);
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('No code works here yet')]);
  clock.advance(31);
  await browser.submit('/resend');
  const codes = [await program.codeFor(other.email), code];
  for (const each of codes) expect(isPastCode(await typeCode(browser, each))).toBe(false);
  expect(isPastCode(await typeCode(browser, await program.codeFor(person.email, 2)))).toBe(true);
});

test('a slip mended with the same address sends no second message, and the code goes on working', async () => {
  const { person, browser, code } = await askForCode(program, party);
  expect((await changeTo(person, person.email)).text).not.toContain('haven’t sent a code');
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
  expect(await countMessages({ program, party }, person.email)).toBe(1);
});
