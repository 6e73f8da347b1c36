// Whatever a request writes, one after the other or side by side (a new grant): its answer leaves when all of it is there. No answer,
// and no code or token in it, rests on what the store may yet refuse.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/errors.ts';
import type { Storage } from '../../src/storage/port.ts';
import { type Held, type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, type Person, proveEmail } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let store: HeldStorage;
let program: Program;
let party: RelyingParty;
let refused: Held | undefined;

type Operation = (...args: unknown[]) => Promise<unknown>;

/** Operations that are `refused` fail as those of a store that is gone. */
function refuse<T extends object>(home: T): T {
  const refusing = Object.entries(home).map(([name, operate]: [string, Operation]) => [
    name,
    async (...args: unknown[]) => {
      if (refused?.names.includes(name) && refused.first === args[0]) throw new AppError('unavailable');
      return operate(...args);
    },
  ]);
  return Object.fromEntries(refusing) as T;
}

const refuseIn = ({ records, expiring, ...rest }: Storage): Storage => ({ ...rest, records: refuse(records), expiring: refuse(expiring) });

beforeEach(async () => {
  refused = undefined;
  store = await openHeldStorage();
  program = await startProgram({}, { storage: refuseIn(store.storage) });
  party = await createRelyingParty(program.issuer);
});
afterEach(async () => {
  await program.close();
  await store.close();
});

type Ask = () => Promise<{ status: number; said: string }>;

const open =
  ({ browser }: Person, url: string): Ask =>
  async () => {
    const { status, location = '', text } = await browser.request(url);
    return { status, said: location + text };
  };

/** Sends a form and stops before the redirect that takes its outcome along. */
async function answerForm({ browser }: Person, path: string, fields: Record<string, string>): Promise<string> {
  const form = browser.findForm(path);
  return (await browser.post(form.action, { ...form.fields, ...fields })).location ?? '';
}

async function afterSignIn(person: Person): Promise<string> {
  await party.begin(person.browser, { scope: 'openid email' });
  await person.browser.submit('/email', { email: person.email });
  return answerForm(person, '/code', { code: await program.codeFor(person.email) });
}

async function afterConsent(person: Person): Promise<{ url: string; verifier: string }> {
  const { verifier } = await party.begin(person.browser, { scope: 'openid email' });
  await proveEmail(program, person);
  return { url: await answerForm(person, '/consent', { decision: 'allow' }), verifier };
}

async function redemption(person: Person): Promise<Ask> {
  const { url, verifier } = await afterConsent(person);
  const { code = '' } = party.readCallback(await person.browser.request(url));
  return async () => {
    const { status, body } = await party.redeem(code, verifier);
    return { status, said: JSON.stringify(body) };
  };
}

const requests: Record<string, (person: Person) => Promise<Ask>> = {
  'an authorization request': async (person) => open(person, party.request().url),
  'the end of a sign-in': async (person) => open(person, await afterSignIn(person)),
  'the end of a consent': async (person) => open(person, (await afterConsent(person)).url),
  'a redemption': redemption,
};

describe.each<[string, Held, RegExp]>([
  ['an authorization request', { names: ['put'], first: 'Interaction' }, /\/interaction\//],
  ['the end of a sign-in', { names: ['remove'], first: 'Interaction' }, /\/interaction\//],
  ['the end of a sign-in', { names: ['put'], first: 'Interaction' }, /\/interaction\//],
  ['the end of a sign-in', { names: ['insert'], first: 'Session' }, /\/interaction\//],
  ['the end of a consent', { names: ['remove'], first: 'Interaction' }, /code=/],
  ['the end of a consent', { names: ['put'], first: 'Grant' }, /code=/],
  ['the end of a consent', { names: ['put'], first: 'AuthorizationCode' }, /code=/],
  ['the end of a consent', { names: ['replace'], first: 'Session' }, /code=/],
  ['a redemption', { names: ['put'], first: 'AccessToken' }, /access_token/],
])('%s, of which the store has not done %j,', (which, what, brings) => {
  test('is answered when it has', async () => {
    const ask = await requests[which]!(meetPerson(program));
    const held = store.hold(what);
    const answer = ask();
    await held.reached;
    expect(await Promise.race([answer, sleep(150, 'waiting')])).toBe('waiting');
    held.letGo();
    expect((await answer).said).toMatch(brings);
  });

  test('is answered with nothing but when to come back if it never does', async () => {
    const ask = await requests[which]!(meetPerson(program));
    refused = what;
    const { status, said } = await ask();
    expect(status).toBe(503);
    expect(said).not.toMatch(brings);
    expect(said).not.toContain(clientMetadata.web.redirect_uris[0]);
  });
});

test.each(['the end of a sign-in', 'the end of a consent'])(
  '%s, whose interaction could not be removed, goes on when it is loaded again',
  async (which) => {
    const person = meetPerson(program);
    const ask = await requests[which]!(person);
    refused = { names: ['remove'], first: 'Interaction' };
    expect((await ask()).status).toBe(503);
    refused = undefined;
    expect((await ask()).status).toBe(303);
  },
);
