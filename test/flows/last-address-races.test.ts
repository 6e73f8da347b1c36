// The last address of an account: of removals that race each other, or come after one that was cut off, one is refused.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDesk } from '../helpers/account-desk.ts';
import { createClock } from '../helpers/clock.ts';
import { type Held, type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

const clock = createClock();
let store: HeldStorage;
let program: Program;
let desk: Awaited<ReturnType<typeof openDesk>>;

beforeAll(async () => {
  store = await openHeldStorage();
  program = await startProgram({}, { storage: store.storage });
  desk = await openDesk(program, store.storage);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await store.close();
});

async function meetOwner() {
  const person = meetPerson(program);
  await signIn(program, await createRelyingParty(program.issuer), { person, params: { scope: 'openid email phone' } });
  return { person, id: (await desk.find(person.email)).id };
}

const remove = (id: string, address = '') => desk.users.removeAddress(id, desk.users.readAddress(address), 'operator');

/** By which of their addresses they are found, for sign-ins as for operators. */
async function listWaysIn({ email, phone = '' }: Person): Promise<string[]> {
  const found = await Promise.all([email, phone].map(async (address) => ((await desk.users.find(address)) ? [address] : [])));
  return found.flat();
}

const steps: [string, Held][] = [
  ['its first look at the account', { names: ['get'], first: 'account' }],
  ['its first write of the account', { names: ['replace'], first: 'account' }],
  ['the end of the row', { names: ['remove'], first: 'address' }],
];

test.each(steps)('of two that go at once one stays, and never goes in between: a removal stands still at %s', async (_, step) => {
  const { person, id } = await meetOwner();
  const held = store.hold(step);
  const first = remove(id, person.phone);
  await held.reached;
  const second = await remove(id, person.email);
  const between = await listWaysIn(person);
  held.letGo();
  const outcomes = [await first, second];
  expect(outcomes.filter((outcome) => outcome === 'last')).toHaveLength(1);
  const [left = ''] = await listWaysIn(person);
  expect(between).toContain(left);
  expect((await desk.find(left)).addresses.map(({ address }) => address)).toEqual([left]);
});

test.each(['before', 'after'])(
  'one whose removal was cut off %s its row went is no other way in, and the same command finishes it',
  async (when) => {
    const { person, id } = await meetOwner();
    const row = store.hold({ names: ['remove'], first: 'address' });
    void remove(id, person.phone);
    await row.reached;
    if (when === 'after') {
      const entry = store.hold({ names: ['replace'], first: 'account' });
      row.letGo();
      await entry.reached;
    }
    expect(await remove(id, person.email)).toBe('last');
    expect(await listWaysIn(person)).toContain(person.email);
    expect(await remove(id, person.phone)).toMatchObject({ addresses: [{ address: person.email }] });
    expect(await listWaysIn(person)).toEqual([person.email]);
  },
);

test('one that is proven again after its row went is the account’s, whatever of its removal comes late', async () => {
  const { person, id } = await meetOwner();
  const entry = async () => (await desk.find(person.email)).addresses.find(({ address }) => address === person.phone);
  const row = store.hold({ names: ['remove'], first: 'address' });
  const removal = remove(id, person.phone);
  await row.reached;
  const late = store.hold({ names: ['replace'], first: 'account' });
  row.letGo();
  await late.reached;
  expect(await entry()).toMatchObject({ leaving: true });

  const again = { ...person, browser: meetPerson(program).browser };
  // A number as old as this is asked for again.
  clock.advance(91 * 86_400);
  const { browser, phone = '' } = again;
  const party = await createRelyingParty(program.issuer);
  await party.begin(browser, { scope: 'openid email phone' });
  await proveEmail(program, again);
  const before = (await program.outbox(phone)).length;
  await browser.submit('/phone', { phone });
  await browser.submit('/code', { code: await program.codeFor(phone, before + 1) });
  late.letGo();
  await removal;
  expect(await entry()).toBeDefined();
  expect((await entry())?.leaving).toBeUndefined();
  expect(await listWaysIn(person)).toEqual([person.email, person.phone]);
});
