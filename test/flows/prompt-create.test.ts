// prompt=create (Initiating User Registration via OpenID Connect 1.0): the app sends somebody who is to have an account. Who proves
// an address has one, so signing up and signing in are the same steps in other words.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

test('discovery lists the prompts, and what it doesn’t list is refused', async () => {
  expect(party.metadata.prompt_values_supported).toEqual(expect.arrayContaining(['none', 'login', 'consent', 'select_account', 'create']));
  const { answer } = await party.begin(meetPerson(program).browser, { prompt: 'register' });
  expect(party.readCallback(answer)).toMatchObject({ error: 'invalid_request' });
});

test('a new person reads of an account to be created, and has one in the end', async () => {
  const person = meetPerson(program);
  const { answer, verifier } = await party.begin(person.browser, { prompt: 'create' });
  expect(answer.url).toMatch(/\/email$/);
  expect(answer.text).toContain('<h1>Create your account</h1>');
  expect(answer.text).toContain('<title>Create your account – Latchkey</title>');
  const { code = '' } = party.readCallback(await goThrough(program, person, answer));
  const { body } = await party.redeem(code, verifier);
  expect((await party.userinfo(body.access_token)).body).toMatchObject({ email: person.email, email_verified: true });
  expect(await party.silently(person.browser)).toHaveProperty('code');
});

test('where a number would do, too, the page speaks of creating as well', async () => {
  const { answer } = await party.begin(meetPerson(program).browser, { scope: 'openid phone', prompt: 'create' });
  expect([answer.url, answer.text]).toEqual([expect.stringMatching(/\/identifier$/), expect.stringContaining('Create your account')]);
});

test('whoever is signed in is not taken for the one who comes to sign up', async () => {
  const first = meetPerson(program);
  const { tokens } = await signIn(program, party, { person: first });
  const { answer, verifier } = await party.begin(first.browser, { prompt: 'create' });
  expect(answer.text).toContain('Create your account');
  expect(first.browser.findForm('/email').fields.email).toBe('');
  const second = meetPerson(program, { browser: first.browser });
  const { code = '' } = party.readCallback(await goThrough(program, second, answer));
  const { body } = await party.redeem(code, verifier);
  expect(decodeJwt(body.id_token).sub).not.toBe(decodeJwt(tokens.id_token).sub);
  expect((await party.userinfo(body.access_token)).body.email).toBe(second.email);
});

test('somebody who has an account already is signed in to it, with a proof of now', async () => {
  const person = meetPerson(program);
  const before = decodeJwt((await signIn(program, party, { person })).tokens.id_token);
  clock.advance(100);
  const { tokens } = await signIn(program, party, { person, params: { prompt: 'create' } });
  const after = decodeJwt(tokens.id_token);
  expect(after.sub).toBe(before.sub);
  expect(after.auth_time).toBeGreaterThanOrEqual(Number(before.auth_time) + 100);
});

test('cancelling tells the app, and prompt=none can’t be asked along with it', async () => {
  const { browser } = meetPerson(program);
  await party.begin(browser, { prompt: 'create' });
  expect(party.readCallback(await browser.submit('/cancel'))).toMatchObject({ error: 'access_denied' });
  expect(party.readCallback((await party.begin(browser, { prompt: 'none create' })).answer)).toMatchObject({ error: 'invalid_request' });
});
