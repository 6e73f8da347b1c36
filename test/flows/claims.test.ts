// Claims: what was asked, proven and agreed to is released, where it was asked for, and nothing else anywhere.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { allow, meetPerson, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';

let program: Program;
let party: RelyingParty;
const clock = createClock();
const both = { scope: 'openid email phone' };

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

/** Everything that a client can learn with its tokens. */
async function read({ access_token, id_token }: Tokens) {
  const [{ body: userinfo }, { body: introspection }] = await Promise.all([party.userinfo(access_token), party.introspect(access_token)]);
  return { idToken: decodeJwt(id_token), userinfo, introspection };
}

test('openid alone releases no address anywhere, whatever the client got before', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person, params: both });
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid' } });
  const known = await read(tokens);
  expect(known.introspection).toMatchObject({ active: true, sub: known.idToken.sub });
  expect(Object.keys(known.userinfo)).toEqual(['sub']);
  expect(JSON.stringify(known)).not.toMatch(/email_verified|phone_number|@example/);
  expect(JSON.stringify(known)).not.toContain(person.phone);
});

test('introspection is for the client that the token was issued to', async () => {
  const { tokens } = await signIn(program, party, { person: meetPerson(program) });
  const stranger = { client_id: 'web', client_secret: 'no such secret', redirect_uris: [] };
  const { status, body } = await (await createRelyingParty(program.issuer, stranger)).introspect(tokens.access_token);
  expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' });
});

test('a scope releases its claims at userinfo and not in the ID token', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: both });
  const { userinfo, idToken, introspection } = await read(tokens);
  expect(userinfo).toEqual({
    sub: idToken.sub,
    email: person.email,
    email_verified: true,
    phone_number: person.phone,
    phone_number_verified: true,
  });
  expect(JSON.stringify([idToken, introspection])).not.toMatch(/email_verified|phone_number|@example/);
});

test('the claims parameter says where each claim goes, without any scope', async () => {
  const person = meetPerson(program);
  const claims = JSON.stringify({
    userinfo: { email: null, email_verified_at: null },
    id_token: { phone_number: { essential: true }, phone_number_verified: null, phone_number_verified_at: null },
  });
  const before = Math.floor(Date.now() / 1000);
  const { verifier } = await party.begin(person.browser, { scope: 'openid', claims });
  await proveEmail(program, person);
  await provePhone(program, person);
  expect(person.browser.findForm('/consent').fields).not.toHaveProperty('share'); // extras are the person's to tick
  const { code = '' } = party.readCallback(await allow(person, { share: 'email' }));
  const { userinfo, idToken } = await read((await party.redeem(code, verifier)).body);
  expect(userinfo).toEqual({ sub: idToken.sub, email: person.email, email_verified_at: expect.any(Number) });
  expect(idToken).toMatchObject({ phone_number: person.phone, phone_number_verified: true });
  expect(idToken).not.toHaveProperty('email');
  for (const at of [userinfo.email_verified_at, idToken.phone_number_verified_at]) {
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
  }
});

test('a claim about a number is absent, never false, where there is no number', async () => {
  const person = meetPerson(program);
  await party.begin(person.browser, both);
  await proveEmail(program, person);
  await person.browser.submit('/decline', { choice: 'no_mobile' });
  await allow(person);
  const { tokens } = await signIn(program, party, { person, params: both });
  expect((await read(tokens)).userinfo).toEqual({ sub: expect.any(String), email: person.email, email_verified: true });
});

test('max_age on phone_number_verified has that number alone proven again', async () => {
  const person = meetPerson(program);
  const claims = JSON.stringify({ id_token: { phone_number_verified: { max_age: 300 }, phone_number_verified_at: null } });
  const first = await signIn(program, party, { person, params: { ...both, claims } });
  clock.advance(200);
  expect(await party.silently(person.browser, { ...both, claims })).toHaveProperty('code');
  clock.advance(200);
  const { answer, verifier } = await party.begin(person.browser, { ...both, claims });
  expect(answer.url).toMatch(/\/phone$/);
  const { code = '' } = party.readCallback(await provePhone(program, person));
  const [before, after] = [first.tokens, (await party.redeem(code, verifier)).body].map(({ id_token }) => decodeJwt(id_token));
  expect(after?.phone_number_verified_at).toBeGreaterThanOrEqual(Number(before?.phone_number_verified_at) + 400);
  expect(after?.auth_time).toBe(before?.auth_time);
});

test('max_age on email_verified has the email alone proven again, and the number stays', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person, params: both });
  clock.advance(400);
  const claims = JSON.stringify({ userinfo: { email_verified: { max_age: 300 } } });
  const { answer } = await party.begin(person.browser, { ...both, claims });
  expect(answer.url).toMatch(/\/email$/);
  expect(party.readCallback(await proveEmail(program, person))).toHaveProperty('code');
});
