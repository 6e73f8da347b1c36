// Authorization requests as signed objects (JAR, RFC 9101), given by value or pushed. By reference only from the pushed
// request endpoint (RFC 9126): no address of a client's is ever fetched.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeKeyPair, signJwt } from '../helpers/jwt.ts';
import { createKeyClient, type KeyClient, makeRegistration } from '../helpers/key-client.ts';
import { goThrough, meetPerson } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { attackBroken, inParallel } from '../helpers/race.ts';
import { decodeJwt } from '../helpers/relying-party.ts';

const signing = makeRegistration('jar');
const strict = makeRegistration('jar-only', { require_signed_request_object: true, request_object_signing_alg: 'ES256' });
const pushing = makeRegistration('par-only', { require_pushed_authorization_requests: true });
const other = makeRegistration('other');
const clients = { registered: [signing, strict, pushing, other].map(({ registration }) => registration) };

let program: Program;
let client: KeyClient;

const connect = (host: Program, { registration, key } = signing) => createKeyClient(host, registration, key);
const now = () => Math.floor(Date.now() / 1000);
const stranger = makeKeyPair();

beforeAll(async () => {
  program = await startProgram({ clients });
  client = await connect(program);
});
afterAll(() => program.close());

/** An address of the authorization endpoint. */
const at = (of: KeyClient, params: Record<string, string>) =>
  `${of.at('authorization_endpoint')}?${new URLSearchParams({ client_id: of.id, ...params }).toString()}`;

const paramsOf = (of: KeyClient, more: Record<string, string> = {}) => {
  const { query, verifier } = of.party.request(more);
  return { params: Object.fromEntries(query), verifier };
};

async function outcomeOf(url: string): Promise<string> {
  const answer = await meetPerson(program).browser.open(url);
  if (answer.location) return new URL(answer.location).searchParams.get('error') ?? 'answered';
  return answer.status === 200 ? 'asked' : (/<code>\d+ ([a-z_]+)</.exec(answer.text)?.[1] ?? 'page without an error');
}

test('what was signed is what counts, and a whole sign-in goes through (RFC 9101, 5 and 6.3)', async () => {
  const { params, verifier } = paramsOf(client, { scope: 'openid email', nonce: 'signed' });
  const person = meetPerson(program);
  const url = at(client, { request: client.signRequest(params), response_type: 'code', scope: 'openid email phone', nonce: 'smuggled' });
  const { code = '' } = client.party.readCallback(await goThrough(program, person, await person.browser.open(url)));
  const { body } = await client.redeem(code, verifier);
  expect(body.scope).toBe('openid email');
  expect(decodeJwt(body.id_token).nonce).toBe('signed');
});

test('`claims` may be an object inside (RFC 9101, 4)', async () => {
  const { params } = paramsOf(client, { scope: 'openid' });
  const request = client.signRequest(params, { claims: { claims: { userinfo: { email: { essential: true } } } } });
  expect(await outcomeOf(at(client, { request }))).toBe('asked');
});

describe('refused is an object', () => {
  test.each<[string, string, (of: KeyClient, params: Record<string, string>) => string]>([
    [
      'that another key signed (RFC 9101, 6.2)',
      'invalid_request_object',
      (of, params) => signJwt({ ...stranger, kid: of.key.kid }, { iss: of.id, aud: program.issuer, exp: now() + 60, ...params }),
    ],
    [
      'that nobody signed',
      'invalid_request_object',
      (of, params) =>
        `${of
          .signRequest(params, { header: { alg: 'none' } })
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
    ],
    ['signed with a secret', 'invalid_request_object', (of, params) => of.signRequest(params, { header: { alg: 'HS256' } })],
    [
      'that has expired',
      'invalid_request_object',
      (of, params) => of.signRequest(params, { claims: { nbf: now() - 90, exp: now() - 30 } }),
    ],
    [
      'that is not valid yet',
      'invalid_request_object',
      (of, params) => of.signRequest(params, { claims: { nbf: now() + 60, exp: now() + 120 } }),
    ],
    [
      'for somebody else',
      'invalid_request_object',
      (of, params) => of.signRequest(params, { claims: { aud: 'https://elsewhere.example' } }),
    ],
    ['by somebody else', 'invalid_request_object', (of, params) => of.signRequest(params, { claims: { iss: 'other' } })],
    ['of another client', 'invalid_request_object', (of, params) => of.signRequest({ ...params, client_id: 'other' })],
    ['within an object', 'invalid_request_object', (of, params) => of.signRequest(params, { claims: { request: 'x' } })],
    [
      'that points elsewhere',
      'invalid_request_object',
      (of, params) => of.signRequest(params, { claims: { request_uri: 'https://elsewhere.example' } }),
    ],
    ['that is no JWT', 'invalid_request_object', () => 'x.y.z'],
  ])('%s', async (...[, error, make]) => {
    const { params } = paramsOf(client);
    const request = make(client, params);
    const { redirect_uri: redirectUri = '' } = params;
    // The parameters beside it only say where the error goes.
    expect(await outcomeOf(at(client, { request, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }))).toBe(error);
  });
});

test('a client that is registered for signed requests has no others, and only in its algorithm', async () => {
  const of = await connect(program, strict);
  const { params } = paramsOf(of);
  expect(await outcomeOf(at(of, params))).toBe('invalid_request');
  expect(await outcomeOf(at(of, { request: of.signRequest(params) }))).toBe('asked');
  expect((await of.post('pushed_authorization_request_endpoint', params)).body.error).toBe('invalid_request');
  expect((await of.post('pushed_authorization_request_endpoint', { request: of.signRequest(params) })).status).toBe(201);
});

describe('by reference', () => {
  test('an address of a client’s is not fetched (discovery says so)', async () => {
    expect(client.party.metadata.request_uri_parameter_supported).toBe(false);
    const { params } = paramsOf(client);
    expect(await outcomeOf(at(client, { ...params, request_uri: 'https://client.example/request.jwt' }))).toBe('request_uri_not_supported');
  });

  test('a signed request is pushed, and what it says counts (RFC 9126, 3)', async () => {
    const { params, verifier } = paramsOf(client, { nonce: 'signed' });
    const pushed = await client.post('pushed_authorization_request_endpoint', { request: client.signRequest(params) });
    expect(pushed.body).toEqual({
      expires_in: expect.any(Number),
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/),
    });
    expect(pushed.body.expires_in).toBeLessThanOrEqual(60);
    const person = meetPerson(program);
    const url = at(client, { request_uri: String(pushed.body.request_uri), nonce: 'smuggled' });
    const { code = '' } = client.party.readCallback(await goThrough(program, person, await person.browser.open(url)));
    expect(decodeJwt((await client.redeem(code, verifier)).body.id_token).nonce).toBe('signed');
  });

  test('a pushed request is its client’s alone', async () => {
    const { body } = await client.push();
    const thief = await connect(program, other);
    expect(await outcomeOf(at(thief, { request_uri: String(body.request_uri) }))).toBe('invalid_request_object');
  });

  test('a client that is registered for pushed requests has no others', async () => {
    const of = await connect(program, pushing);
    expect(await outcomeOf(at(of, paramsOf(of).params))).toBe('invalid_request');
    expect(await outcomeOf((await of.push()).url)).toBe('asked');
  });

  test.each<[string, Record<string, string>, string]>([
    ['that names another', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'request_uri_not_supported'],
    ['that could not be opened either', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['for another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['for a resource that is not there', { resource: 'https://nowhere.example' }, 'invalid_target'],
  ])('a request is not pushed %s', async (...[, params, error]) => {
    const { status, body } = await client.push(params);
    expect({ status, error: body.error }).toEqual({ status: 400, error });
  });

  test('nor by somebody who can’t prove who they are', async () => {
    const { params } = paramsOf(client);
    const { status, body } = await client.post('pushed_authorization_request_endpoint', {
      ...params,
      client_assertion: client.assertion({ aud: randomUUID() }),
    });
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' });
  });
});

describe('a pushed request is good once', () => {
  async function replay(host: Program, hold: (count: number) => void = () => {}): Promise<number> {
    const of = await connect(host);
    const person = meetPerson(host);
    await goThrough(host, person, await person.browser.open((await of.push()).url));
    const { url } = await of.push();
    hold(50);
    const answers = await inParallel(50, () => person.browser.request(url));
    return answers.filter(({ location = '' }) => location.includes('code=')).length;
  }

  test('of fifty at once, in a browser that is signed in, one gets a code', async () => {
    expect(await replay(program)).toBe(1);
  });

  test('and on a store that only reads and then writes, more than one would', async () => {
    expect(await attackBroken(({ program: broken, hold }) => replay(broken, hold), { settings: { clients } })).toBeGreaterThan(1);
  });
});
