// An operator disables, signs out or deletes somebody: with that one decision everything that was issued for them is over,
// however much it is and whatever happens to the clean-up after it; what they agreed to is another matter.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createKeys } from '../../src/keys/keys.ts';
import { openDesk, type Way, ways } from '../helpers/account-desk.ts';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, decodeJwt, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';
import { openSwitchedStorage, type SwitchedStorage } from '../helpers/switched-storage.ts';

const everything = { scope: 'openid email phone offline_access', prompt: 'consent' };
const clock = createClock();
let store: SwitchedStorage;
let program: Program;
let web: RelyingParty;
let spa: RelyingParty;
let desk: Awaited<ReturnType<typeof openDesk>>;

beforeAll(async () => {
  store = await openSwitchedStorage();
  program = await startProgram({}, { storage: store.storage });
  web = await createRelyingParty(program.issuer);
  spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  desk = await openDesk(program, store.storage);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await store.close();
});

type Subject = { person: Person; ofWeb: Tokens; ofSpa: Tokens };

/** Somebody with a session, and tokens of a client that keeps its refresh token and of one whose rotate. */
async function meetSubject(): Promise<Subject> {
  const person = meetPerson(program);
  const { tokens: ofWeb } = await signIn(program, web, { person, params: everything });
  const { tokens: ofSpa } = await signIn(program, spa, { person, params: everything });
  return { person, ofWeb, ofSpa };
}

async function expectOver({ person, ofWeb, ofSpa }: Subject): Promise<void> {
  for (const [party, tokens] of [
    [web, ofWeb],
    [spa, ofSpa],
  ] as const) {
    expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
    expect((await party.userinfo(tokens.access_token)).status).toBe(401);
    expect((await party.refresh(tokens.refresh_token ?? '')).body).toMatchObject({ error: 'invalid_grant' });
  }
  expect((await web.introspect(ofWeb.access_token)).body).toEqual({ active: false });
  expect((await web.introspect(ofWeb.refresh_token ?? '')).body).toEqual({ active: false });
}

/** Signs in once more in a browser of its own. */
async function signInAnew({ person }: Subject) {
  clock.advance(301); // the pause between two messages to one address
  const again = meetPerson(program, { email: person.email, phone: person.phone });
  const { answer, verifier } = await web.begin(again.browser, { scope: 'openid email phone' });
  const { code = '' } = web.readCallback(await goThrough(program, again, answer));
  const asked = again.browser.answers().some(({ url }) => url.endsWith('/consent'));
  return { asked, claims: decodeJwt((await web.redeem(code, verifier)).body.id_token), browser: again.browser };
}

test.each(ways)('%s ends sessions, silent sign-in, userinfo, introspection and refresh, for every app', async (way) => {
  const subject = await meetSubject();
  expect((await web.introspect(subject.ofWeb.access_token)).body).toMatchObject({ active: true });
  const { id } = await desk.find(subject.person.email);
  expect(await desk.users[way](id, 'operator')).toMatchObject({ sessions: 1, grants: 2 });
  await expectOver(subject);
  expect(await desk.countRows(id)).toMatchObject({ Session: 0, Grant: 0, RefreshToken: 0 });
});

test('who is disabled is told so after the code; enabled again they find their consent, and no old token or session', async () => {
  const subject = await meetSubject();
  const { id } = await desk.find(subject.person.email);
  await desk.users.disable(id, 'operator');
  clock.advance(31);
  const outside = meetPerson(program, { email: subject.person.email });
  await web.begin(outside.browser);
  const told = await proveEmail(program, outside);
  expect([told.status, told.text]).toEqual([403, expect.not.stringContaining('/consent')]);

  await desk.users.enable(id, 'operator');
  await expectOver(subject);
  const { asked, claims } = await signInAnew(subject);
  expect({ asked, sub: claims.sub }).toEqual({ asked: false, sub: decodeJwt(subject.ofWeb.id_token).sub });
  await expectOver(subject);
});

test('who was signed out everywhere signs in again at once, and is not asked to agree again', async () => {
  const subject = await meetSubject();
  await desk.end('signOutEverywhere', subject.person.email);
  const { asked, claims, browser } = await signInAnew(subject);
  expect({ asked, sub: claims.sub }).toEqual({ asked: false, sub: decodeJwt(subject.ofWeb.id_token).sub });
  expect(await web.silently(browser)).toHaveProperty('code');
  await expectOver(subject);
});

test('of who was deleted nothing is left; the same addresses begin a new account, with another sub, and are asked anew', async () => {
  const subject = await meetSubject();
  const { id } = await desk.find(subject.person.email);
  await desk.users.remove(id, 'operator');
  expect(await desk.countRows(id)).toEqual({ account: 0, address: 0, consent: 0, Session: 0, Grant: 0, RefreshToken: 0 });
  for (const address of [subject.person.email, subject.person.phone ?? '', id]) expect(await desk.users.find(address)).toBeUndefined();

  const { asked, claims } = await signInAnew(subject);
  expect(asked).toBe(true);
  expect(claims.sub).not.toBe(decodeJwt(subject.ofWeb.id_token).sub);
  expect((await desk.find(subject.person.phone ?? '')).id).toBe((await desk.find(subject.person.email)).id);
  await expectOver(subject);
});

/** As many rows as nobody makes by hand, written as the program writes them. */
async function addIssued(id: string, count: number): Promise<void> {
  const keys = createKeys(program.settings.secrets);
  const { records } = store.storage;
  const write = (kind: string, key: string, grant?: string) =>
    records.insert(kind, key, keys.seal({ accountId: id }, `${kind}:${key}`), { indexes: { account: id, grant } });
  await inParallel(count, async (index) => {
    const grant = keys.lookup('Grant', `${id} ${index}`);
    await write('Session', keys.lookup('Session', `${id} ${index}`));
    await write('Grant', grant);
    await write('RefreshToken', keys.lookup('RefreshToken', `${id} ${index}`), grant);
  });
}

test.each(ways)('%s is complete for more sessions and grants than one page of the store holds', async (way) => {
  const subject = await meetSubject();
  const { id } = await desk.find(subject.person.email);
  await addIssued(id, 230);
  expect(await desk.users.countIssued(id, 0)).toEqual({ sessions: 231, grants: 232 });
  expect(await desk.users[way](id, 'operator')).toEqual({ sessions: 231, grants: 232 });
  expect(await desk.countRows(id)).toMatchObject({ Session: 0, Grant: 0, RefreshToken: 0 });
  await expectOver(subject);
});

/** The store goes away after so many operations of the command. @returns whether the command was through before */
async function interrupt(way: Way, id: string, after: number): Promise<boolean> {
  store.switchOff(after);
  const done = await desk.users[way](id, 'operator').then(
    () => true,
    () => false,
  );
  store.switchOn();
  return done;
}

test.each(['disable', 'remove'] as const)(
  '%s that is cut off at any point has happened or has not, and the same command finishes it',
  async (way) => {
    for (let after = 0, done = false; !done; after += 1) {
      const person = meetPerson(program);
      const { tokens } = await signIn(program, web, { person, params: { scope: 'openid email offline_access', prompt: 'consent' } });
      const { id } = await desk.find(person.email);
      done = await interrupt(way, id, after);
      const decided = after >= 2; // the account was read, and written
      const standing = async () => [
        (await web.introspect(tokens.access_token)).body.active,
        'code' in (await web.silently(person.browser)),
      ];
      expect(await standing()).toEqual([!decided, !decided]);
      const found = (await desk.users.find(person.email)) ?? (await desk.users.find(id));
      if (found) await desk.users[way](found.id, 'operator');
      expect(await standing()).toEqual([false, false]);
      const left = way === 'remove' ? { account: 0, address: 0, consent: 0 } : { account: 1, address: 1, consent: 1 };
      expect(await desk.countRows(id)).toEqual({ ...left, Session: 0, Grant: 0, RefreshToken: 0 });
      expect(after).toBeLessThan(40);
    }
  },
  120_000,
);

test('who signs in while their deletion is interrupted begins anew, and the rest of the deletion leaves them alone', async () => {
  const subject = await meetSubject();
  const { id } = await desk.find(subject.person.email);
  expect(await interrupt('remove', id, 4)).toBe(false);
  const { claims, browser } = await signInAnew(subject);
  expect(claims.sub).not.toBe(decodeJwt(subject.ofWeb.id_token).sub);
  await desk.users.remove(id, 'operator');
  expect(await web.silently(browser, { scope: 'openid email phone' })).toHaveProperty('code');
  expect((await desk.find(subject.person.email)).id).toBe((await desk.find(subject.person.phone ?? '')).id);
  expect(await desk.countRows(id)).toEqual({ account: 0, address: 0, consent: 0, Session: 0, Grant: 0, RefreshToken: 0 });
});

test('nobody is nobody: whoever isn’t there can’t be disabled, enabled, signed out or deleted', async () => {
  for (const way of [...ways, 'enable'] as const) expect(await desk.users[way]('A'.repeat(22), 'operator')).toBeUndefined();
});
