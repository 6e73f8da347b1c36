// A session outlives its account for a while: the account's person is out at once, and the browser is anybody's to sign in with.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { openStorage } from '../../src/storage/open.ts';
import { openAccounts } from '../helpers/account-store.ts';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const ways = ['disable', 'remove'] as const;
const requests: Record<string, string>[] = [{}, { prompt: 'login' }, { prompt: 'select_account' }, { prompt: 'consent' }];
let storage: Storage;
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  storage = await openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 3600 }, () => Date.now());
  program = await startProgram({}, { storage });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await storage.close();
});

/** Somebody with a live session whose account has just been disabled or removed. */
async function meetGone(way: (typeof ways)[number]) {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid email offline_access', prompt: 'consent' } });
  await openAccounts(program, storage)[way](person.email);
  clock.advance(31);
  return { person, tokens };
}

test.each(ways)('%s: silent sign-in, tokens and refresh are over at once', async (way) => {
  const { person, tokens } = await meetGone(way);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
  expect((await party.userinfo(tokens.access_token)).status).toBe(401);
  expect((await party.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
});

test.each(ways.flatMap((way) => requests.map((params) => ({ way, params }))))(
  '$way: a request with $params shows the first page, with nothing of the account, as often as it is made',
  async ({ way, params }) => {
    const { person } = await meetGone(way);
    for (let times = 0; times < 3; times += 1) {
      const { answer } = await party.begin(person.browser, params);
      expect([answer.status, answer.url]).toEqual([200, expect.stringMatching(/\/email$/)]);
      expect(answer.text).not.toContain(person.email);
    }
  },
);

test.each(ways)('%s: somebody else signs in with the same browser', async (way) => {
  const { person, tokens } = await meetGone(way);
  const next = meetPerson(program, { browser: person.browser });
  const { answer, verifier } = await party.begin(next.browser);
  const { code = '' } = party.readCallback(await goThrough(program, next, answer));
  const { body } = await party.redeem(code, verifier);
  expect((await party.userinfo(body.access_token)).body).toMatchObject({ email: next.email });
  expect(decodeJwt(body.id_token).sub).not.toBe(decodeJwt(tokens.id_token).sub);
  expect(await party.silently(next.browser)).toHaveProperty('code');
});

test('whoever was disabled is told so after the code, and whoever was removed begins anew', async () => {
  const disabled = await meetGone('disable');
  await party.begin(disabled.person.browser);
  const told = await proveEmail(program, disabled.person);
  expect([told.status, told.text]).toEqual([403, expect.not.stringContaining('/consent')]);
  expect(await party.silently(disabled.person.browser)).toMatchObject({ error: 'login_required' });

  const removed = await meetGone('remove');
  const { tokens } = await signIn(program, party, { person: removed.person });
  expect(decodeJwt(tokens.id_token).sub).not.toBe(decodeJwt(removed.tokens.id_token).sub);
});
