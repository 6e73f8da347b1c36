// What a request has asked of the store ahead is never older than what has led it there.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, proveEmail } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let store: HeldStorage;
let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  store = await openHeldStorage();
  program = await startProgram({}, { storage: store.storage });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  await program.close();
  await store.close();
});

test('whoever finds the person’s yes finds what they said yes to, however early the request has begun', async () => {
  const person = meetPerson(program);
  const { browser, email } = person;
  const { verifier } = await party.begin(browser, { scope: 'openid email' });
  expect((await proveEmail(program, person)).url).toMatch(/\/consent$/);
  const resume = browser.cookies().findLast(({ name }) => name === 'resume')?.path ?? '';

  const held = store.hold({ names: ['get'], first: 'Interaction' });
  const early = browser.request(resume);
  await held.reached;
  const { action, fields } = browser.findForm('/consent');
  expect((await browser.post(action, { ...fields, decision: 'allow' })).status).toBe(303);
  held.letGo();

  const { code = '' } = party.readCallback(await early);
  const { body } = await party.redeem(code, verifier);
  expect((await party.userinfo(body.access_token)).body).toMatchObject({ email });
});
