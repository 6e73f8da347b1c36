// A deployment that can't send texts: no step that needs one is offered, no acr that needs one is promised.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meetPerson, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const email = 'urn:latchkey:acr:email';
const emailPhone = 'urn:latchkey:acr:email-phone';
let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  program = await startProgram({ delivery: { sms: 'none' } });
  party = await createRelyingParty(program.issuer);
});
afterAll(() => program.close());

const essential = (value: string) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, value } } }) });

test('discovery names the acr values that can be reached, and no others', () => {
  expect(party.metadata.acr_values_supported).toEqual([email]);
});

test('an essential acr that needs a text ends in unmet_authentication_requirements at once; one that doesn’t is served', async () => {
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser, essential(emailPhone));
  expect(party.readCallback(answer)).toMatchObject({ error: 'unmet_authentication_requirements' });
  const { tokens } = await signIn(program, party, { person, params: essential(email) });
  expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: email });
});

test.each<Record<string, string>>([
  { scope: 'openid email phone' },
  { scope: 'openid phone' },
  { scope: 'openid email', acr_values: emailPhone },
  { scope: 'openid email phone_pseudonym' },
])('%j begins with the email and asks for no number', async (params) => {
  const person = meetPerson(program);
  const { answer, verifier } = await party.begin(person.browser, params);
  expect(answer.url).toMatch(/\/email$/);
  expect((await proveEmail(program, person)).url).toMatch(/\/consent$/);
  const { code = '' } = party.readCallback(await person.browser.submit('/consent', { decision: 'allow' }));
  expect(decodeJwt((await party.redeem(code, verifier)).body.id_token)).toMatchObject({ acr: email, amr: ['otp', 'email'] });
});
