// What a request asks for decides at once whether it can be met, who has to agree, and where a person may say no.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { allow, goThrough, meetPerson, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const essentialAcr = (...values: string[]) => ({
  scope: 'openid',
  claims: JSON.stringify({ id_token: { acr: { essential: true, values: values.map((value) => `urn:latchkey:acr:${value}`) } } }),
});
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

test.each(['email', 'foo', 'phone email', undefined])(
  'a request whose scope is %j lacks openid: invalid_scope, before anybody types anything',
  async (scope) => {
    const { browser } = meetPerson(program);
    const url = new URL(party.request().url);
    url.searchParams.delete('scope');
    url.searchParams.delete('nonce');
    if (scope !== undefined) url.searchParams.set('scope', scope);
    expect(party.readCallback(await browser.open(url.href))).toMatchObject({
      error: 'invalid_scope',
      state: url.searchParams.get('state'),
    });
  },
);

test.each([
  ['email-phone', 'email'],
  ['phone', 'email'],
])('who must bring acr %s or %s may go on without a number, and the answer says so', async (...values) => {
  const person = meetPerson(program);
  const { verifier } = await party.begin(person.browser, essentialAcr(...values));
  expect((await proveEmail(program, person)).url).toMatch(/\/phone$/);
  const next = await person.browser.submit('/decline', { choice: 'not_now' });
  const { code = '' } = party.readCallback(await goThrough(program, person, next));
  const { body } = await party.redeem(code, verifier);
  expect(decodeJwt(body.id_token)).toMatchObject({ acr: 'urn:latchkey:acr:email', amr: ['otp', 'email'] });
});

test('who must bring one of two that both need a number may not', async () => {
  const person = meetPerson(program);
  await party.begin(person.browser, essentialAcr('email-phone', 'phone'));
  const page = await proveEmail(program, person);
  expect(page.url).toMatch(/\/phone$/);
  expect(page.forms.some(({ action }) => action.endsWith('/decline'))).toBe(false);
});

/** The first person allows after the request's max_age has passed, and another one signs in in their place. */
async function changePerson() {
  const first = meetPerson(program);
  await signIn(program, party, { person: first });
  const second = meetPerson(program, { browser: first.browser });
  const { answer, verifier } = await party.begin(first.browser, { prompt: 'consent', max_age: '300', scope: 'openid email' });
  expect(answer.url).toMatch(/\/consent$/);
  clock.advance(301);
  expect((await allow(first)).url).toMatch(/\/email$/);
  let page = await proveEmail(program, second);
  if (page.text.includes('/oidc/sign-out/confirm')) page = await second.browser.submit('/oidc/sign-out/confirm'); // scripts do
  return { first, second, page, verifier };
}

test('what one person allowed is not another’s consent, who is asked for their own in the same request', async () => {
  const { first, second, page, verifier } = await changePerson();
  expect([page.url, page.text]).toEqual([expect.stringMatching(/\/consent$/), expect.stringContaining(second.email)]);
  expect(page.text).not.toContain(first.email);
  const { code = '' } = party.readCallback(await allow(second));
  const { body } = await party.redeem(code, verifier);
  expect((await party.userinfo(body.access_token)).body).toMatchObject({ email: second.email });
});

test('and who may refuse what the first one allowed', async () => {
  const { second } = await changePerson();
  expect(party.readCallback(await second.browser.submit('/consent', { decision: 'deny' }))).toMatchObject({ error: 'access_denied' });
  expect(await party.silently(second.browser)).toMatchObject({ error: 'consent_required' });
});
