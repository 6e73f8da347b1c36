// Somebody is disabled, signed out or deleted while their own sign-in, code, refresh or new number is under way: whatever the
// request in flight still writes is good for nothing. Each request is stopped at one of its writes until the decision has been made.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { openDesk, type Way, ways } from '../helpers/account-desk.ts';
import { createClock } from '../helpers/clock.ts';
import { type Held, type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { goThrough, meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const params = { scope: 'openid email offline_access', prompt: 'consent' };
const clock = createClock();
let store: HeldStorage;
let program: Program;
let web: RelyingParty;
let spa: RelyingParty;
let desk: Awaited<ReturnType<typeof openDesk>>;

async function start(alter: (storage: Storage) => Storage = (storage) => storage): Promise<void> {
  store = await openHeldStorage();
  const storage = alter(store.storage);
  program = await startProgram({}, { storage });
  web = await createRelyingParty(program.issuer);
  spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  desk = await openDesk(program, storage);
}
async function stop(): Promise<void> {
  await program.close();
  await store.close();
}
beforeAll(() => start());
afterAll(async () => {
  clock.restore();
  await stop();
});

/** Stops `request` at `what` while the operator ends everything of `person`, and answers what became of it. */
async function endMeanwhile<T>(way: Way, { person, what, request }: { person: Person; what: Held; request: () => Promise<T> }): Promise<T> {
  const held = store.hold(what);
  const answer = request();
  await held.reached;
  await desk.end(way, person.email);
  held.letGo();
  return answer;
}

/** What of `tokens` and of the browser is still good for something. */
async function listAlive(party: RelyingParty, { browser }: Person, tokens: { access_token?: string; refresh_token?: string }) {
  const alive: string[] = [];
  if ('code' in (await party.silently(browser))) alive.push('session');
  if (tokens.access_token && (await party.userinfo(tokens.access_token)).status === 200) alive.push('userinfo');
  for (const token of [tokens.access_token, tokens.refresh_token]) {
    if (token && (await web.introspect(token)).body.active) alive.push('introspection');
  }
  if (tokens.refresh_token && (await party.refresh(tokens.refresh_token)).status === 200) alive.push('refresh');
  return alive;
}

/** Signs in where the person is known, in another browser, up to the code: with that it ends. */
async function standBeforeTheEnd(person: Person) {
  clock.advance(31);
  const elsewhere = meetPerson(program, { email: person.email });
  const { url, verifier } = web.request();
  await elsewhere.browser.open(url);
  await elsewhere.browser.submit('/email', { email: person.email });
  const code = await program.codeFor(person.email, 2);
  return { elsewhere, verifier, finish: () => elsewhere.browser.submit('/code', { code }) };
}

/** `what` is the write at which the end of a sign-in stands still. */
async function raceSignIn(way: Way, what: Held): Promise<string[]> {
  const person = meetPerson(program);
  await signIn(program, web, { person });
  const { elsewhere, verifier, finish } = await standBeforeTheEnd(person);
  const end = await endMeanwhile(way, { person, what, request: finish });
  const code = end.location && new URL(end.location).searchParams.get('code');
  const redeemed = code ? (await web.redeem(code, verifier)).body : {};
  return [...(await listAlive(web, elsewhere, redeemed)), ...(await listAlive(web, person, {}))];
}

const signInWrites: [string, Held][] = [
  ['writes what was proven to the account', { names: ['replace'], first: 'account' }],
  ['hands its result to the request', { names: ['put'], first: 'Interaction' }],
  ['writes the grant', { names: ['put'], first: 'Grant' }],
  ['writes the code', { names: ['put'], first: 'AuthorizationCode' }],
  ['writes the session', { names: ['insert'], first: 'Session' }],
];

test.each(ways.flatMap((way) => signInWrites.map(([moment, what]) => ({ way, moment, what }))))(
  '$way while a sign-in $moment leaves no session, code or token',
  async ({ way, what }) => {
    expect(await raceSignIn(way, what)).toEqual([]);
  },
);

/** A public client's refresh token rotates, a confidential one's is kept. */
async function raceRefresh(way: Way, { party, what }: { party: RelyingParty; what: Held }): Promise<string[]> {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params });
  const request = () => party.refresh(tokens.refresh_token ?? '');
  const { body } = await endMeanwhile(way, { person, what, request });
  return [...(await listAlive(party, person, tokens)), ...(await listAlive(party, person, body))];
}

const refreshWrites: Held[] = [
  { names: ['mark'], first: 'RefreshToken' },
  { names: ['insert'], first: 'RefreshToken' },
  { names: ['put'], first: 'AccessToken' },
];

test.each(ways.flatMap((way) => refreshWrites.map((what) => ({ way, what, ...what }))))(
  '$way while a refresh is about to $names its $first leaves no token',
  async ({ way, what }) => {
    expect(await raceRefresh(way, { party: spa, what })).toEqual([]);
  },
);

test.each(ways)('%s while a token that is kept is used leaves none', async (way) => {
  expect(await raceRefresh(way, { party: web, what: { names: ['put'], first: 'AccessToken' } })).toEqual([]);
});

test.each(ways)('%s while a code is redeemed leaves no token', async (way) => {
  for (const what of [
    { names: ['insert'], first: 'RefreshToken' },
    { names: ['put'], first: 'AccessToken' },
  ]) {
    const person = meetPerson(program);
    const { answer, verifier } = await web.begin(person.browser, params);
    const { code = '' } = web.readCallback(await goThrough(program, person, answer));
    const { body } = await endMeanwhile(way, { person, what, request: () => web.redeem(code, verifier) });
    expect(await listAlive(web, person, body)).toEqual([]);
  }
});

/** Ends everything of somebody who has just proven their email in another browser, and is at the page for the number; then they go on. */
async function endHalfWay(way: Way) {
  const person = meetPerson(program);
  await signIn(program, web, { person });
  clock.advance(31);
  const { browser } = meetPerson(program);
  await web.begin(browser, { scope: 'openid email phone' });
  expect((await proveEmail(program, { browser, email: person.email })).url).toMatch(/\/phone$/);
  const { id } = await desk.find(person.email);
  await desk.end(way, person.email);
  return { person, id, end: await browser.submit('/decline', { choice: 'not_now' }), silent: await web.silently(browser) };
}

test.each(['disable', 'signOutEverywhere'] as const)(
  '%s ends a sign-in that has proven an address of the account and not gone on yet',
  async (way) => {
    const { end, silent } = await endHalfWay(way);
    expect([end.status, end.location]).toEqual([400, undefined]);
    expect(silent).toMatchObject({ error: 'login_required' });
  },
);

test('whoever has just proven the address of an account that is deleted meanwhile begins a new one', async () => {
  const { person, id } = await endHalfWay('remove');
  expect((await desk.find(person.email)).id).not.toBe(id);
});

const linkWrites: Held[] = [
  { names: ['insert'], first: 'address' },
  { names: ['replace'], first: 'account' },
];

test.each(linkWrites)(
  'a deletion while a number is about to $names its $first leaves the number free, and the account gone',
  async (what) => {
    const person = meetPerson(program);
    await signIn(program, web, { person });
    const { id } = await desk.find(person.email);
    await web.begin(person.browser, { scope: 'openid phone email' });
    await person.browser.submit('/phone', { phone: person.phone ?? '' });
    const code = await program.codeFor(person.phone ?? '');
    await endMeanwhile('remove', { person, what, request: () => person.browser.submit('/code', { code }) });
    expect(await desk.countRows(id)).toMatchObject({ account: 0, address: 0 });

    clock.advance(301);
    const next = meetPerson(program, { phone: person.phone });
    await signIn(program, web, { person: next, params: { scope: 'openid email phone' } });
    expect((await desk.find(person.phone ?? '')).id).toBe((await desk.find(next.email)).id);
  },
);

test('an address that a deletion has freed belongs to whoever proved it first, also when two find it free at once', async () => {
  const gone = meetPerson(program);
  await signIn(program, web, { person: gone });
  const { id } = await desk.find(gone.email);
  // The row that an interruption leaves behind.
  const rows = await store.storage.records.list<object>('address', { index: 'account', value: id }, { limit: 10 });
  await desk.users.remove(id, 'operator');
  for (const { key, value, indexes } of rows.rows) await store.storage.records.insert('address', key, value, { indexes });

  const first = await standBeforeTheEndOf(gone.email, 2);
  const second = await standBeforeTheEndOf(gone.email, 3);
  // The slower one has seen that the row is nobody's, and is about to release it, when the other has already made it theirs.
  const held = store.hold({ names: ['remove', 'removeAll'], first: 'address' });
  const slow = second();
  await held.reached;
  await first();
  const owner = await desk.find(gone.email);
  held.letGo();
  await slow;
  expect((await desk.find(gone.email)).id).toBe(owner.id);
});

/** Up to the code: typing it in is what is answered. */
async function standBeforeTheEndOf(email: string, message: number) {
  clock.advance(301);
  const person = meetPerson(program, { email });
  await web.begin(person.browser);
  await person.browser.submit('/email', { email });
  const code = await program.codeFor(email, message);
  return () => person.browser.submit('/code', { code });
}

test('teeth: over a store that acknowledges the decision and loses it, what the request in flight writes lives on', async () => {
  await stop();
  await start(({ records, ...rest }) => ({
    ...rest,
    records: {
      ...records,
      replace: (kind, key, ...write) => (kind === 'account' ? Promise.resolve(true) : records.replace(kind, key, ...write)),
    },
  }));
  // Before the grant and the code, which are written side by side: whichever came first would be ended with the rest.
  expect(await raceSignIn('disable', { names: ['put'], first: 'Interaction' })).toContain('introspection');
  expect(await raceSignIn('disable', { names: ['insert'], first: 'Session' })).toContain('session');
});
