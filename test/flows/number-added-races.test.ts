// Two clicks that add the same number to an account: it is there once, and its owner is told once.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const clock = createClock();
let store: HeldStorage;
let program: Program;
let party: RelyingParty;

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

test('the second of two clicks finds the number added, and nobody is told again', async () => {
  const person = meetPerson(program);
  const { browser, email, phone = '' } = person;
  await signIn(program, party, { person, params: { scope: 'openid email' } });
  clock.advance(61);
  await party.begin(browser, { scope: 'openid email phone' });
  await browser.submit('/phone', { phone });
  const { action, fields } = browser.findForm('/code');
  const typed = { ...fields, code: await program.codeFor(phone) };

  const held = store.hold({ names: ['replace'], first: 'account' });
  const first = browser.post(action, typed);
  await held.reached;
  const second = await browser.follow(await browser.post(action, typed));
  expect(second.url).toMatch(/\/consent$/);
  held.letGo();
  expect((await first).status).toBe(303);

  // A message leaves after its answer: that of a later request shows that all before it have.
  clock.advance(61);
  await party.begin(browser, { prompt: 'login' });
  await browser.submit('/email', { email });
  await program.codeFor(email, 2);
  const subjects = (await program.outbox(email)).map(({ subject = '' }) => subject);
  expect(subjects.filter((subject) => /^The number .* was added/.test(subject))).toHaveLength(1);
});
