// Only our own pages may post, and no other site's scripts may read what a person's browser is answered.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meetPerson } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const evil = 'https://evil.example';
let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(() => program.close());

/** On the email page, with what its form would send. */
async function reachEmail() {
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser);
  return { person, url: answer.url, fields: { email: person.email, csrf: String(person.browser.findForm('/email').fields.csrf) } };
}

const foreign: [string, Record<string, string>][] = [
  ['another origin', { origin: evil }],
  ['the same name on another port', { origin: 'http://localhost:1' }],
  ['a null origin', { origin: 'null' }],
  ['no origin, from another site', { 'sec-fetch-site': 'cross-site' }],
  ['no origin, from another port of the same site', { 'sec-fetch-site': 'same-site' }],
  ['no origin and no word on where from', {}],
  ['a foreign origin that claims to be the same', { origin: evil, 'sec-fetch-site': 'same-origin' }],
];

test.each(foreign)('a form with %s is refused with a page, though its token is right, and nothing is sent', async (_, headers) => {
  const { person, url, fields } = await reachEmail();
  const answer = await person.browser.request(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  expect(answer.status).toBe(403);
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(answer.text).toContain(String(answer.headers.get('x-request-id')));
  expect(await program.outbox(person.email)).toEqual([]);
});

test('a form without Origin that the browser says is from the same origin is taken', async () => {
  const { person, url, fields } = await reachEmail();
  const headers = { 'sec-fetch-site': 'same-origin' };
  const answer = await person.browser.request(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  expect(answer.status).toBe(303);
});

test('a form without its token, or with one of another sign-in, is refused', async () => {
  const { person, url, fields } = await reachEmail();
  const other = await reachEmail();
  for (const csrf of ['', 'x', other.fields.csrf]) {
    expect((await person.browser.post(url, { ...fields, csrf })).status).toBe(403);
  }
  const { csrf: _, ...bare } = fields;
  expect((await person.browser.post(url, bare)).status).toBe(403);
  expect((await person.browser.post(url, fields)).status).toBe(303);
});

test('a sign-in belongs to the browser that began it', async () => {
  const { url, fields } = await reachEmail();
  const { person: stranger } = await reachEmail();
  expect((await stranger.browser.request(url)).status).toBe(400);
  expect((await stranger.browser.post(url, fields)).status).toBe(400);
});

const steps = ['email', 'identifier', 'phone', 'code', 'choose-account', 'consent', 'resend', 'different', 'decline', 'restart', 'cancel'];

test.each(steps)('the guard stands before every form: %s', async (step) => {
  const { person, url, fields } = await reachEmail();
  const target = url.replace(/email$/, step);
  expect((await person.browser.post(target, fields, { origin: evil })).status).toBe(403);
  expect((await person.browser.post(target, { ...fields, csrf: 'x' })).status).toBe(403);
});

test('no page of a sign-in, nor the authorization endpoint, lets another origin’s scripts in', async () => {
  const { person, url } = await reachEmail();
  const authorize = party.request().url;
  const ask = { origin: evil, 'access-control-request-method': 'GET' };
  for (const target of [url, authorize, url.replace('/email', '')]) {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await person.browser.request(target, { method, headers: ask });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  }
});

test('the token endpoint answers scripts of a client’s own origin and of no other', async () => {
  const token = async (origin: string) => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'none', client_id: 'spa' });
    return fetch(String(party.metadata.token_endpoint), { method: 'POST', body, headers: { origin } });
  };
  expect((await token('http://127.0.0.1:9')).headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:9');
  expect((await token(evil)).headers.get('access-control-allow-origin')).toBeNull();
});

test('a POST to the authorization endpoint is answered with 303 to the same request as GET, and works', async () => {
  const { query } = party.request();
  const { browser } = meetPerson(program);
  const endpoint = String(party.metadata.authorization_endpoint);
  const answer = await browser.request(endpoint, { method: 'POST', body: query, headers: { origin: 'http://127.0.0.1:9' } });
  expect(answer.status).toBe(303);
  expect(new URL(answer.location ?? '', program.issuer).searchParams.toString()).toBe(query.toString());
  expect((await browser.follow(answer)).url).toMatch(/\/email$/);
  const json = { 'content-type': 'application/json' };
  expect((await browser.request(endpoint, { method: 'POST', body: '{}', headers: json })).status).toBe(400);
});
