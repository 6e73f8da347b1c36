// The main story: a person signs in for the first time, and the relying party gets what it asked for and they agreed to.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, proveEmail, provePhone, signIn } from '../helpers/person.ts';
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

test('a person who proves an email and a phone and allows both gives the client both, verified', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid email phone' } });
  const { body } = await party.userinfo(tokens.access_token);
  expect(body).toMatchObject({ email: person.email, email_verified: true, phone_number: person.phone, phone_number_verified: true });
  const claims = decodeJwt(tokens.id_token);
  expect(claims).toMatchObject({ sub: body.sub, acr: 'urn:latchkey:acr:email-phone', amr: ['otp', 'email', 'sms', 'mca'] });
  expect(claims).not.toHaveProperty('email');
});

test('an email-only client asks one code and is told so', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person });
  expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: 'urn:latchkey:acr:email', amr: ['otp', 'email'] });
  const { body } = await party.userinfo(tokens.access_token);
  expect(body).not.toHaveProperty('phone_number');
});

test('the pages of a first sign-in come in order: email, code, phone, code, consent', async () => {
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser, { scope: 'openid email phone' });
  expect(answer.url).toMatch(/\/email$/);
  expect((await proveEmail(program, person)).url).toMatch(/\/phone$/);
  const consent = await provePhone(program, person);
  expect(consent.url).toMatch(/\/consent$/);
  expect(consent.text).toContain(person.email);
});

test('a second sign-in in the same browser needs no code, no consent and no page', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  const { answer } = await party.begin(person.browser);
  expect(party.readCallback(answer)).toHaveProperty('code');
});

test('a second sign-in in another browser needs a code, and no consent', async () => {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  const elsewhere = meetPerson(program, { email: person.email });
  clock.advance(31); // the pause between two messages to one address
  await party.begin(elsewhere.browser);
  expect(party.readCallback(await proveEmail(program, elsewhere))).toHaveProperty('code');
});
