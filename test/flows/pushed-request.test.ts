// A pushed request (RFC 9126) is used once, however long its sign-in takes and whoever opens it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { allow, goThrough, meetPerson, proveEmail } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';
import type { Storage } from '../../src/storage/port.ts';

const { client_id: client, client_secret: secret } = clientMetadata.web;
let storage: Storage;
let program: Program;
let party: RelyingParty;
const clock = createClock();
/** Under which keys pushed requests were put. */
const keys: string[] = [];

function noteKeys({ expiring, ...rest }: Storage): Storage {
  const put: typeof expiring.put = async (kind, key, ...row) => {
    if (kind === 'PushedAuthorizationRequest') keys.push(key);
    await expiring.put(kind, key, ...row);
  };
  return { ...rest, expiring: { ...expiring, put } };
}

beforeAll(async () => {
  storage = await openTestStorage();
  program = await startProgram({}, { storage: noteKeys(storage) });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await storage.close();
});

const post = (body: URLSearchParams) =>
  fetch(String(party.metadata.pushed_authorization_request_endpoint), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
    body,
  });

/** Pushes a request; answers where the browser opens it. */
async function push() {
  const { query, verifier } = party.request();
  const answer = await post(query);
  expect(answer.status).toBe(201);
  const { request_uri: uri } = (await answer.json()) as { request_uri: string };
  return { url: `${String(party.metadata.authorization_endpoint)}?client_id=${client}&request_uri=${encodeURIComponent(uri)}`, verifier };
}

test.each([0, 70, 1000])(
  'two people who open one pushed request within its minute, and finish %i s later, get one code',
  async (seconds) => {
    const { url, verifier } = await push();
    const people = [meetPerson(program), meetPerson(program)];
    for (const { browser } of people) expect((await browser.open(url)).url).toMatch(/\/email$/);
    clock.advance(seconds);
    const codes: string[] = [];
    for (const person of people) {
      const last = await goThrough(program, person, person.browser.page).catch(() => person.browser.page);
      const code = new URL(last.location ?? last.url).searchParams.get('code');
      if (code) codes.push(code);
    }
    expect(codes).toHaveLength(1);
    expect((await party.redeem(codes[0] ?? '', verifier)).status).toBe(200);
  },
);

test('a pushed request that was used is refused, within its minute and after', async () => {
  const { url } = await push();
  const person = meetPerson(program);
  expect(party.readCallback(await goThrough(program, person, await person.browser.open(url)))).toHaveProperty('code');
  for (const seconds of [0, 61, 600]) {
    clock.advance(seconds);
    const again = await person.browser.open(url);
    expect([again.status, again.location]).toEqual([400, undefined]);
  }
});

test('a pushed request that nobody opened within its minute is refused', async () => {
  const { url } = await push();
  clock.advance(61);
  const late = await meetPerson(program).browser.open(url);
  expect(late.url).not.toMatch(/\/email$/);
  expect(late.status).toBe(400);
});

test('one that nobody opens is kept for its minute, and one that somebody opens for their sign-in', async () => {
  await push();
  const { url } = await push();
  const isKept = async (key = '') => (await storage.expiring.get('PushedAuthorizationRequest', key)) !== undefined;
  const [left, opened] = keys.slice(-2);
  expect((await meetPerson(program).browser.open(url)).url).toMatch(/\/email$/);
  expect(await Promise.all([left, opened].map(isKept))).toEqual([true, true]);
  clock.advance(61);
  expect(await Promise.all([left, opened].map(isKept))).toEqual([false, true]);
});

test('a request with more parameters than are kept is refused wherever it is made, and the app hears of it', async () => {
  const { url, query } = party.request({ state: 'x'.repeat(8192) });
  const { browser } = meetPerson(program);
  expect(party.readCallback(await browser.open(url))).toMatchObject({
    error: 'invalid_request',
    error_description: expect.stringMatching(/too long/),
  });
  const answer = await post(query);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: 'invalid_request', error_description: expect.stringMatching(/too long/) },
  ]);
});

test('a request without openid is refused where it is pushed, as it would be where the browser brings it (RFC 9126, 2.1)', async () => {
  for (const scope of ['', 'email']) {
    const answer = await post(party.request({ scope, nonce: '' }).query);
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_scope' })]);
  }
});

test.each(['GET', 'PUT', 'DELETE'])('what comes by %s is told that requests are pushed by POST (RFC 9126, 2.3)', async (method) => {
  const answer = await fetch(String(party.metadata.pushed_authorization_request_endpoint), { method });
  expect([answer.status, answer.headers.get('allow'), await answer.json()]).toEqual([
    405,
    'POST',
    expect.objectContaining({ error: 'invalid_request' }),
  ]);
});

test('of two people at one pushed request the slower one gets no second code, however late', async () => {
  const { url } = await push();
  const [slow, quick] = [meetPerson(program), meetPerson(program)];
  for (const person of [slow, quick]) await person.browser.open(url);
  await proveEmail(program, quick);
  clock.advance(900);
  await proveEmail(program, slow);
  expect(party.readCallback(await allow(quick))).toHaveProperty('code');
  clock.advance(1080);
  expect(party.readCallback(await allow(slow))).toMatchObject({ error: 'invalid_request_uri' });
});

test('a sign-in whose pushed request the store has lost gets no code: it may have been used', async () => {
  const { url } = await push();
  const person = meetPerson(program);
  await person.browser.open(url);
  await proveEmail(program, person);
  await storage.expiring.remove('PushedAuthorizationRequest', keys.at(-1) ?? '');
  expect(party.readCallback(await allow(person))).toMatchObject({ error: 'invalid_request_uri' });
});
