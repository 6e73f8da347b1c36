// How long refresh tokens live: thirty days from their last use, and a year from the sign-in, whoever keeps them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const day = 86_400;
const clock = createClock();
const parties = {} as Record<'web' | 'spa', RelyingParty>;
let program: Program;

beforeAll(async () => {
  program = await startProgram();
  for (const name of ['web', 'spa'] as const) parties[name] = await createRelyingParty(program.issuer, clientMetadata[name]);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

async function obtain(party: RelyingParty, person: Person = meetPerson(program)): Promise<string> {
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid email offline_access', prompt: 'consent' } });
  return tokens.refresh_token ?? '';
}

/** Waits, then refreshes; the token to go on with. */
async function refreshAfter(days: number, party: RelyingParty, token: string): Promise<string> {
  clock.advance(days * day);
  const { status, body } = await party.refresh(token);
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return body.refresh_token ?? '';
}

/** Used every four weeks, for 364 days. */
async function useForYear(party: RelyingParty, first: string): Promise<string> {
  let token = first;
  for (let weeks = 4; weeks <= 52; weeks += 4) token = await refreshAfter(28, party, token);
  return token;
}

test.each(['web', 'spa'] as const)('%s: a refresh token dies of thirty idle days, and lives on from its last use', async (name) => {
  const party = parties[name];
  const token = await refreshAfter(29, party, await refreshAfter(20, party, await obtain(party)));
  clock.advance(30 * day + 1);
  expect((await party.refresh(token)).body.error).toBe('invalid_grant');
});

test.each(['web', 'spa'] as const)('%s: a family of refresh tokens lives for a year, however much it is used', async (name) => {
  const party = parties[name];
  const token = await useForYear(party, await obtain(party));
  clock.advance(2 * day); // a year and a day since the sign-in, and two since the last use
  expect((await party.refresh(token)).body.error).toBe('invalid_grant');
});

test('a family that begins late in a session lives no shorter for it', async () => {
  const person = meetPerson(program);
  await obtain(parties.spa, person);
  clock.advance(13 * day);
  expect(await useForYear(parties.spa, await obtain(parties.spa, person))).not.toBe('');
});
