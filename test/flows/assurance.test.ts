// Assurance: `acr`, `amr` and `auth_time` say what this session has proven and when, no more; and a client can ask for more.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, type Person, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const email = 'urn:latchkey:acr:email';
const phone = 'urn:latchkey:acr:phone';
const emailPhone = 'urn:latchkey:acr:email-phone';
const both = { scope: 'openid email phone' };
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

async function idToken(person: Person, params: Record<string, string> = {}) {
  return decodeJwt((await signIn(program, party, { person, params })).tokens.id_token);
}

const essential = (...values: string[]) => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, ...(values.length === 1 ? { value: values[0] } : { values }) } } }),
});

test('every ID token says how and when the person signed in', async () => {
  const person = meetPerson(program);
  const before = Math.floor(Date.now() / 1000);
  const first = await idToken(person);
  expect(first).toMatchObject({ acr: email, amr: ['otp', 'email'] });
  expect(first.auth_time).toBeGreaterThanOrEqual(before);
  clock.advance(100);
  expect(await idToken(person)).toMatchObject({ acr: email, amr: ['otp', 'email'], auth_time: first.auth_time });
  expect(await idToken(meetPerson(program), both)).toMatchObject({ acr: emailPhone, amr: ['otp', 'email', 'sms', 'mca'] });
});

test('what the account once proved says nothing about this session', async () => {
  const person = meetPerson(program);
  await idToken(person, both);
  clock.advance(31);
  const elsewhere = meetPerson(program, { email: person.email });
  expect(await idToken(elsewhere, both)).toMatchObject({ acr: email, amr: ['otp', 'email'] });
});

test('acr_values brings the phone step, with no claim released for it', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid', acr_values: emailPhone } });
  expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: emailPhone });
  expect(Object.keys((await party.userinfo(tokens.access_token)).body)).toEqual(['sub']);
});

test('acr_values are wishes: the person may go on without, and the answer is honest', async () => {
  const person = meetPerson(program);
  const { answer, verifier } = await party.begin(person.browser, { scope: 'openid', acr_values: `urn:nobody:knows ${emailPhone}` });
  expect(answer.url).toMatch(/\/email$/);
  await proveEmail(program, person);
  expect(person.browser.page.url).toMatch(/\/phone$/);
  await person.browser.submit('/decline', { choice: 'not_now' });
  const { code = '' } = party.readCallback(await person.browser.submit('/consent', { decision: 'allow' }));
  expect(decodeJwt((await party.redeem(code, verifier)).body.id_token)).toMatchObject({ acr: email });
});

test('an essential acr that nobody here can reach ends in unmet_authentication_requirements at once', async () => {
  const { answer } = await party.begin(meetPerson(program).browser, essential('urn:nobody:knows'));
  expect(party.readCallback(answer)).toMatchObject({ error: 'unmet_authentication_requirements' });
});

test('an essential acr cannot be declined; the way back to the app is access_denied', async () => {
  const person = meetPerson(program);
  await party.begin(person.browser, { scope: 'openid', ...essential(emailPhone) });
  const page = await proveEmail(program, person);
  expect(page.url).toMatch(/\/phone$/);
  expect(page.forms.map(({ action }) => action).filter((action) => action.endsWith('/decline'))).toEqual([]);
  expect(party.readCallback(await person.browser.submit('/cancel'))).toMatchObject({ error: 'access_denied' });
});

test('a stronger session serves an essential weaker acr at once, and each answer bears the value that was asked', async () => {
  const person = meetPerson(program);
  await idToken(person, both);
  for (const acr of [email, phone, emailPhone]) {
    const { answer, verifier } = await party.begin(person.browser, essential(acr));
    const { code = '' } = party.readCallback(answer);
    expect(decodeJwt((await party.redeem(code, verifier)).body.id_token)).toMatchObject({ acr });
  }
  expect(await idToken(person, essential('urn:nobody:knows', phone))).toMatchObject({ acr: phone });
  expect(await idToken(person, { acr_values: `${phone} ${email}` })).toMatchObject({ acr: phone });
});

test('an essential acr comes before acr_values', async () => {
  const person = meetPerson(program);
  await idToken(person, both);
  expect(await idToken(person, { acr_values: email, ...essential(phone) })).toMatchObject({ acr: phone });
});

test('a step-up adds the phone alone: same sub, same time of sign-in, stronger acr', async () => {
  const person = meetPerson(program);
  const before = await idToken(person);
  clock.advance(600);
  const { answer, verifier } = await party.begin(person.browser, essential(emailPhone));
  expect(answer.url).toMatch(/\/phone$/);
  const { code = '' } = party.readCallback(await provePhone(program, person));
  const after = decodeJwt((await party.redeem(code, verifier)).body.id_token);
  expect(after).toMatchObject({ sub: before.sub, auth_time: before.auth_time, acr: emailPhone });
});

test('a step-up goes on with the session: the apps that were signed in stay so, and silent answers bear the new acr', async () => {
  const person = meetPerson(program);
  const sid = JSON.stringify({ id_token: { sid: null } });
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  const { tokens: elsewhere } = await signIn(program, spa, { person });
  const before = await idToken(person, { claims: sid });
  clock.advance(600);
  const { answer } = await party.begin(person.browser, { acr_values: emailPhone });
  expect(answer.url).toMatch(/\/phone$/);
  expect(party.readCallback(await provePhone(program, person))).toHaveProperty('code');
  expect(await idToken(person, { claims: sid, prompt: 'none' })).toMatchObject({
    sid: before.sid,
    acr: emailPhone,
    auth_time: before.auth_time,
  });
  expect((await spa.userinfo(elsewhere.access_token)).status).toBe(200);
});

test('what a token was issued on is told at introspection: it does not grow with the session', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person });
  const { acr, amr, auth_time } = decodeJwt(tokens.id_token);
  await idToken(person, essential(emailPhone));
  expect((await party.introspect(tokens.access_token)).body).toMatchObject({ acr: email, amr, auth_time });
  expect(acr).toBe(email);
  const { tokens: stronger } = await signIn(program, party, { person, params: { acr_values: emailPhone } });
  expect((await party.introspect(stronger.access_token)).body).toMatchObject({ acr: emailPhone, auth_time });
});

test('prompt=none with an acr that the session lacks is login_required if essential, and no obstacle if not', async () => {
  const person = meetPerson(program);
  await idToken(person);
  expect(await party.silently(person.browser, essential(emailPhone))).toMatchObject({ error: 'login_required' });
  expect(await party.silently(person.browser, { acr_values: emailPhone })).toHaveProperty('code');
});

test('discovery lists the acr values that can be asked', () => {
  expect(party.metadata.acr_values_supported).toEqual(expect.arrayContaining([email, phone, emailPhone]));
});
