// A new grant is written while its code and its session are: the answer, and with it the code, leaves when all are there.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../src/errors.ts';
import type { Storage } from '../../src/storage/port.ts';
import { type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, proveEmail } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let store: HeldStorage;
let program: Program;
let party: RelyingParty;
let refused = false;

/** Grants can't be written while `refused`. */
function refuseGrants(storage: Storage): Storage {
  const { put } = storage.records;
  const refusing: typeof put = async (kind, ...args) => {
    if (refused && kind === 'Grant') throw new AppError('unavailable');
    await put(kind, ...args);
  };
  return { ...storage, records: { ...storage.records, put: refusing } };
}

beforeEach(async () => {
  refused = false;
  store = await openHeldStorage();
  program = await startProgram({}, { storage: refuseGrants(store.storage) });
  party = await createRelyingParty(program.issuer);
});
afterEach(async () => {
  await program.close();
  await store.close();
});

/** @returns where a first sign-in goes on after its consent, to end with a code */
async function prepareFirstGrant(person: Person): Promise<{ url: string; verifier: string }> {
  const { verifier } = await party.begin(person.browser, { scope: 'openid email' });
  await proveEmail(program, person);
  const { action, fields } = person.browser.findForm('/consent');
  const { location = '' } = await person.browser.post(action, { ...fields, decision: 'allow' });
  return { url: location, verifier };
}

test('no answer leaves while the grant is on its way to the store', async () => {
  const person = meetPerson(program);
  const { url, verifier } = await prepareFirstGrant(person);
  const held = store.hold({ names: ['put'], first: 'Grant' });
  const answer = person.browser.request(url);
  await held.reached;
  expect(await Promise.race([answer, sleep(300, 'waiting')])).toBe('waiting');
  held.letGo();
  const { code = '' } = party.readCallback(await answer);
  expect((await party.redeem(code, verifier)).status).toBe(200);
});

test('a grant that the store does not take is no code, and the next try ends well', async () => {
  const person = meetPerson(program);
  const { url } = await prepareFirstGrant(person);
  refused = true;
  const answer = await person.browser.request(url);
  expect({ status: answer.status, location: answer.location }).toEqual({ status: 503, location: undefined });
  refused = false;
  expect(await party.silently(person.browser)).toHaveProperty('code');
});
