// The example API and a client of openid-client's: what a sign-in is too weak or too old for is refused in words that the app can
// act on (RFC 9470), and accepted after the step-up.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as openid from 'openid-client';
import { startApi } from '../../examples/api/server.ts';
import { schema } from '../../src/config/schema/index.ts';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, type Person } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';

const audience = 'https://api.example/';
const resources = schema.parse({
  resources: { servers: [{ identifier: audience, name: 'Shop', scopes: [{ name: 'orders', label: 'See your orders' }] }] },
}).resources;
const [redirectUri = ''] = clientMetadata.web.redirect_uris;
const clock = createClock();
let program: Program;
let api: Awaited<ReturnType<typeof startApi>>;
let config: openid.Configuration;

beforeAll(async () => {
  program = await startProgram({ resources });
  api = await startApi({ issuer: program.issuer, audience, port: 0 });
  const { client_id: id, client_secret: secret } = clientMetadata.web;
  const execute = [openid.allowInsecureRequests];
  config = await openid.discovery(new URL(program.issuer), id, undefined, openid.ClientSecretBasic(secret), { execute });
});
afterAll(async () => {
  clock.restore();
  await api.close();
  await program.close();
});

/** A sign-in of this person; `demanded` is what the API has asked for. @returns the access token, and the pages on the way */
async function signIn(person: Person, demanded: Record<string, string> = {}) {
  const verifier = openid.randomPKCECodeVerifier();
  const challenge = { code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
  const request = { redirect_uri: redirectUri, scope: 'openid email orders', resource: audience, ...challenge, ...demanded };
  const first = await person.browser.open(openid.buildAuthorizationUrl(config, request).href);
  const { location = '' } = await goThrough(program, person, first);
  const checks = { pkceCodeVerifier: verifier };
  const tokens = await openid.authorizationCodeGrant(config, new URL(location), checks, { resource: audience });
  return { token: tokens.access_token, firstPage: new URL(first.url).pathname.split('/').at(-1) };
}

/** What the API answers; for a refusal, the parameters of its challenge. */
async function ask(token: string, method: string, path: string): Promise<{ status: number; challenge: Record<string, unknown> }> {
  try {
    const { status } = await openid.fetchProtectedResource(config, token, new URL(api.url + path), method);
    return { status, challenge: {} };
  } catch (error) {
    if (!(error instanceof openid.WWWAuthenticateChallengeError)) throw error;
    return { status: error.status, challenge: { ...error.cause[0]?.parameters } };
  }
}

const refund = (token: string) => ask(token, 'POST', '/orders/1/refund');

/** What the app makes of a challenge: parameters of an authorization request, as they are (RFC 9470, 5). */
const demandOf = ({ acr_values, max_age }: Record<string, unknown>) => ({ acr_values: String(acr_values), max_age: String(max_age) });

test('a token of a plain sign-in is enough for what asks no more', async () => {
  const { token } = await signIn(meetPerson(program));
  expect(await ask(token, 'GET', '/orders')).toMatchObject({ status: 200 });
});

test('a sign-in that is too weak is refused with what is missing; after the step-up the same request is served', async () => {
  const person = meetPerson(program);
  const { token } = await signIn(person);
  const { status, challenge } = await refund(token);
  expect(status).toBe(401);
  expect(challenge).toMatchObject({
    error: 'insufficient_user_authentication',
    acr_values: 'urn:latchkey:acr:email-phone',
    max_age: '300',
  });
  const stronger = await signIn(person, demandOf(challenge));
  expect(stronger.firstPage).toBe('phone');
  expect(await refund(stronger.token)).toMatchObject({ status: 200 });
  expect(await refund(token)).toMatchObject({ status: 401 });
});

test('a sign-in that is too old is refused though it was strong; with a fresh one it is served', async () => {
  const person = meetPerson(program);
  const { token } = await signIn(person, { acr_values: 'urn:latchkey:acr:email-phone' });
  expect(await refund(token)).toMatchObject({ status: 200 });
  clock.advance(400);
  const { status, challenge } = await refund(token);
  expect([status, challenge.error]).toEqual([401, 'insufficient_user_authentication']);
  const fresh = await signIn(person, demandOf(challenge));
  expect(fresh.firstPage).toBe('email');
  expect(await refund(fresh.token)).toMatchObject({ status: 200 });
});

test('a token from a session that steps up silently is served without a page', async () => {
  const person = meetPerson(program);
  await signIn(person, { acr_values: 'urn:latchkey:acr:email-phone' });
  const { token } = await signIn(person, { prompt: 'none' });
  expect(await refund(token)).toMatchObject({ status: 200 });
});

test('no token, and one that nobody here has signed, are told apart from a weak one', async () => {
  const { token } = await signIn(meetPerson(program));
  const answer = await fetch(`${api.url}/orders`);
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  const [head = '', body = ''] = token.split('.');
  expect(await ask(`${head}.${body}.${'A'.repeat(86)}`, 'GET', '/orders')).toMatchObject({ challenge: { error: 'invalid_token' } });
});
