// Known or unknown: the answer has cost as much, asked of the same rows, and nothing is sent before it has left.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { countStorage } from '../helpers/counted-storage.ts';
import { type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const known = { email: 'quentin.zorrilla@post.example.org', phone: '+447400987654' };
const unknown = { email: 'florian.yardling@post.example.org', phone: '+447400987321' };
const clock = createClock();
let store: HeldStorage;
let counted: ReturnType<typeof countStorage>;
let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  store = await openHeldStorage();
  counted = countStorage(store.storage);
  program = await startProgram({}, { storage: counted.storage });
  party = await createRelyingParty(program.issuer);
  await signIn(program, party, { person: meetPerson(program, known), params: { scope: 'openid email phone' } });
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await store.close();
});

async function standBefore(field: 'email' | 'identifier') {
  const { browser } = meetPerson(program);
  await party.begin(browser, { scope: field === 'email' ? 'openid email' : 'openid phone' });
  return browser;
}

/** How a send has ended is written after the answer. */
function takeWork(): string[] {
  return counted
    .take()
    .filter(({ what }) => what !== 'send')
    .map(({ home, operation, what }) => `${home} ${operation} ${what}`);
}

async function workOf(field: 'email' | 'identifier', address: string): Promise<string[][]> {
  const browser = await standBefore(field);
  takeWork();
  await browser.submit(`/${field}`, { [field]: address });
  const first = takeWork();
  clock.advance(31);
  await browser.submit('/resend');
  return [first, takeWork()];
}

test.each([
  ['email', 'email'],
  ['identifier', 'email'],
  ['identifier', 'phone'],
] as const)('at /%s the store is asked the same for the %s of somebody and of nobody', async (field, channel) => {
  clock.advance(86_400);
  const [first = [], again = []] = await workOf(field, known[channel]);
  expect(first).toEqual(expect.arrayContaining(['records get address', 'records get account', 'expiring add challenge']));
  expect(again.length).toBeGreaterThan(3);
  expect(await workOf(field, unknown[channel])).toEqual([first, again]);
});

test('at /phone, beside a proven email address, the store is asked the same for the number of somebody and of nobody', async () => {
  const worked: string[][] = [];
  for (const phone of [known.phone, unknown.phone]) {
    clock.advance(86_400);
    const person = meetPerson(program);
    await party.begin(person.browser, { scope: 'openid email phone' });
    await proveEmail(program, person);
    takeWork();
    await person.browser.submit('/phone', { phone });
    worked.push(takeWork());
  }
  expect(worked[0]).toEqual(expect.arrayContaining(['records bump texts', 'expiring add challenge']));
  expect(worked[1]).toEqual(worked[0]);
});

test.each([
  ['email', known.email],
  ['identifier', known.phone],
] as const)('while the answer at /%s has not left, neither has the message', async (field, to) => {
  clock.advance(86_400);
  const browser = await standBefore(field);
  const before = (await program.outbox(to)).length;
  const held = store.hold({ names: ['add', 'replace'], first: 'sign-in' });
  const answer = browser.submit(`/${field}`, { [field]: to });
  await held.reached;
  await sleep(300);
  expect(await program.outbox(to)).toHaveLength(before);
  held.letGo();
  expect((await answer).url).toMatch(/\/code$/);
  await program.codeFor(to, before + 1);
});

const dropCookie = ({ browser }: Person, name: string) => {
  const jar = browser.cookies();
  jar.splice(
    jar.findIndex((cookie) => cookie.name === name),
    1,
  );
};

/** For their own address, somebody else's and nobody's: what is asked in the browser of a person who has signed in before. */
async function workForEach(lost: 'session' | 'device'): Promise<string[][]> {
  const worked: string[][] = [];
  for (const typed of [undefined, known.email, unknown.email]) {
    clock.advance(86_400);
    const person = meetPerson(program);
    await signIn(program, party, { person });
    dropCookie(person, lost);
    clock.advance(3600);
    await party.begin(person.browser, { scope: 'openid email', prompt: 'login' });
    takeWork();
    await person.browser.submit('/email', { email: typed ?? person.email });
    worked.push(takeWork());
  }
  return worked;
}

test('while somebody is signed in, the store is asked the same for their own address, somebody else’s and nobody’s', async () => {
  const [own, another, nobodys] = await workForEach('device');
  expect(own).toEqual(expect.arrayContaining(['records get address', 'records get account', 'expiring add challenge']));
  expect([another, nobodys]).toEqual([own, own]);
});

test('in a browser that somebody has signed in with, as many rows are read for their address as for others’', async () => {
  const reads = (await workForEach('session')).map((work) => work.filter((one) => one.startsWith('records get')));
  expect(reads[0]).toEqual(expect.arrayContaining(['records get address', 'records get account', 'records get failures']));
  expect([reads[1], reads[2]]).toEqual([reads[0], reads[0]]);
});
