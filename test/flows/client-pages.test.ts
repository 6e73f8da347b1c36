// What people see of an app: its name, its logo from our own origin, its policies. And apps that are not at one https host.
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '../../src/storage/port.ts';
import { openAccounts } from '../helpers/account-store.ts';
import { createClock } from '../helpers/clock.ts';
import { allow, goThrough, meetPerson, proveEmail, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { openClients } from '../helpers/registrations.ts';
import { createRelyingParty, decodeJwt } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

/** The head of a picture of that size, which is all that is looked at. */
function drawPng(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(33);
  bytes.write('\x89PNG\r\n\x1a\n', 0, 'latin1');
  bytes.write('IHDR', 12, 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return Buffer.concat([bytes, deflateSync(Buffer.alloc(16))]);
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-logos-'));
const links = {
  policy_uri: 'https://garden.example/privacy',
  tos_uri: 'https://garden.example/terms',
  logo_uri: 'https://tracker.example/pixel.png',
};
const garden = { ...clientMetadata.web, client_id: 'garden', client_name: 'Garden', ...links, logo: join(folder, 'logo.png') };
const phone = {
  client_id: 'phone',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['com.example.garden:/callback', 'http://127.0.0.1/callback', 'https://garden.example/phone'],
} as const;
const desk = { ...phone, client_id: 'desk', token_endpoint_auth_method: undefined, client_secret: clientMetadata.web.client_secret };
const clock = createClock();
let storage: Storage;
let program: Program;

beforeAll(async () => {
  writeFileSync(garden.logo, drawPng(64, 64));
  storage = await openTestStorage();
  program = await startProgram(
    {},
    { storage, clients: [garden, phone, desk].map((client) => ({ ...client, redirect_uris: [...client.redirect_uris] })) },
  );
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await storage.close();
  rmSync(folder, { recursive: true });
});

const logoOf = (html: string) => /<img class="party-mark" src="(\/logos\/[^"]+)"/.exec(html)?.[1] ?? '';

test('sign-in and consent show the app’s logo and policies; the logo is ours to serve, never another host’s', async () => {
  const party = await createRelyingParty(program.issuer, garden);
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser);
  const consent = await proveEmail(program, person);
  expect(consent.url).toMatch(/\/consent$/);
  for (const { text } of [answer, consent]) {
    expect(logoOf(text)).toMatch(/^\/logos\/[0-9a-f]{32}\.png$/);
    expect(text.split(`href="${links.policy_uri}"`)).toHaveLength(2);
    expect(text.split(`href="${links.tos_uri}"`)).toHaveLength(2);
    expect(text).not.toContain('tracker.example');
  }
  const logo = await fetch(program.url + logoOf(consent.text));
  expect(logo.status).toBe(200);
  expect(Object.fromEntries(logo.headers)).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(Buffer.from(await logo.arrayBuffer())).toEqual(drawPng(64, 64));
  expect((await fetch(`${program.url}/logos/${'0'.repeat(32)}.png`)).status).toBe(404);
});

describe('a logo in the store', () => {
  const metadata = (id: string) => ({ ...clientMetadata.web, client_id: id });

  test('is served, and goes with its client', async () => {
    const clients = await openClients(program, storage);
    await clients.add(metadata('pictured'), drawPng(32, 32));
    const party = await createRelyingParty(program.issuer, metadata('pictured'));
    const { answer } = await party.begin(meetPerson(program).browser);
    const url = program.url + logoOf(answer.text);
    expect((await fetch(url)).status).toBe(200);
    await clients.remove('pictured');
    expect((await fetch(url)).status).toBe(404);
  });

  test.each([
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), /SVG can carry scripts/],
    ['a page', Buffer.from('<!doctype html>'), /must be a PNG, JPEG or WebP/],
    ['a picture that is cut off', drawPng(1, 1).subarray(0, 20), /must be a PNG/],
    ['too many bytes', Buffer.concat([drawPng(1, 1), Buffer.alloc(65_536)]), /too large/],
    ['too many pixels', drawPng(30_000, 30_000), /too large: 30000 by 30000/],
  ])('is not %s', async (_, bytes, words) => {
    const clients = await openClients(program, storage);
    await expect(clients.add(metadata('wrong'), bytes)).rejects.toThrow(words);
    expect(await clients.find('wrong')).toBeUndefined();
  });
});

test('a start says which logo of the file can’t be served', async () => {
  writeFileSync(join(folder, 'logo.svg'), '<svg/>');
  const clients = [
    { ...garden, logo: join(folder, 'logo.svg') },
    { ...garden, client_id: 'other', logo: join(folder, 'none.png') },
  ];
  await expect(startProgram({}, { clients })).rejects.toThrow(/garden: logo .*SVG[\s\S]*other: logo .*ENOENT/);
});

test('what the protocol has against a client stops the start, too', async () => {
  const clients = [{ ...garden, logo: undefined, scope: 'openid moon' }];
  await expect(startProgram({}, { clients })).rejects.toThrow(/clients\.file \(CLIENTS_FILE\): client garden: scope/);
});

describe('an app on a phone', () => {
  const begin = async (redirect: string) => createRelyingParty(program.issuer, { ...phone, redirect_uris: [redirect] });

  test('gets people back over its own scheme, and at any port of its machine, by one sub', async () => {
    const person = meetPerson(program);
    const scheme = await signIn(program, await begin('com.example.garden:/callback'), { person });
    const loopback = await signIn(program, await begin('http://127.0.0.1:51234/callback'), { person });
    expect(decodeJwt(loopback.tokens.id_token).sub).toBe(decodeJwt(scheme.tokens.id_token).sub);
    expect(decodeJwt(scheme.tokens.id_token).sub).toMatch(/^[\w-]{43}$/);
  });

  // RFC 8252, 8.6: whoever opens such an address, with a verifier of their own, would get the person's tokens.
  test.each(['com.example.garden:/callback', 'http://127.0.0.1:6666/callback'])(
    'hears nothing at %s, which anybody can listen to, before the person has gone on by hand',
    async (redirect) => {
      const person = meetPerson(program);
      const party = await begin(redirect);
      await signIn(program, party, { person });
      expect(await party.silently(person.browser)).toMatchObject({ error: 'interaction_required' });
      const { answer } = await party.begin(person.browser);
      expect(answer).toMatchObject({ status: 200, url: expect.stringMatching(/\/choose-account$/) });
      expect(answer.text).toContain(person.email);
      const after = await person.browser.submit('/choose-account', { choice: 'continue' });
      expect(party.readCallback(after)).toHaveProperty('code');
    },
  );

  test.each<[string, Record<string, string>, string]>([
    ['a new sign-in', { prompt: 'login' }, '/email'],
    ['an agreement', { prompt: 'consent' }, '/consent'],
    ['a number', { scope: 'openid email phone' }, '/phone'],
  ])('that asks for %s asks for nothing else', async (_, params, page) => {
    const person = meetPerson(program);
    const party = await begin('com.example.garden:/callback');
    await signIn(program, party, { person, params: { scope: 'openid email' } });
    clock.advance(61);
    const { answer } = await party.begin(person.browser, params);
    expect(new URL(answer.url).pathname.endsWith(page)).toBe(true);
    const after = await goThrough(program, person, answer);
    expect(party.readCallback(after)).toHaveProperty('code');
    expect(person.browser.answers().filter(({ url }) => url.endsWith('/choose-account'))).toEqual([]);
  });

  test.each([
    ['at an https address, which is its own', 'https://garden.example/phone', phone],
    ['where it has a secret', 'http://127.0.0.1:6666/callback', desk],
  ])('is answered at once %s', async (_, redirect, metadata) => {
    const person = meetPerson(program);
    const party = await createRelyingParty(program.issuer, { ...metadata, redirect_uris: [redirect] });
    await signIn(program, party, { person });
    expect(await party.silently(person.browser)).toHaveProperty('code');
  });

  test('is not sent anywhere else', async () => {
    const { answer } = await (await begin('com.example.other:/callback')).begin(meetPerson(program).browser);
    expect(answer.status).toBe(400);
    expect(answer.location).toBeUndefined();
  });
});

test('somebody with two verified emails picks which one an app gets, and picks anew when asked again', async () => {
  const party = await createRelyingParty(program.issuer, garden);
  const person = meetPerson(program);
  const other = `second.${person.email}`;
  await party.begin(person.browser);
  await proveEmail(program, person);
  await openAccounts(program, storage).add(person.email, other);
  await party.begin(person.browser);
  const { html, fields } = person.browser.findForm('/consent');
  expect(html).toContain(other);
  const keys = [...html.matchAll(/type="radio"[^>]*name="address_email" value="([^"]+)"/g)].map(([, key = '']) => key);
  expect(keys).toHaveLength(2);
  const unpicked = keys.find((key) => key !== fields.address_email) ?? '';
  await allow(person, { address_email: unpicked });
  const { tokens } = await signIn(program, party, { person });
  const first = (await party.userinfo(tokens.access_token)).body.email;
  await party.begin(person.browser, { prompt: 'consent' });
  expect(person.browser.findForm('/consent').fields.address_email).toBe(unpicked);
  await allow(person, { address_email: String(fields.address_email) });
  const second = (await party.userinfo(tokens.access_token)).body.email;
  expect(new Set([first, second])).toEqual(new Set([person.email, other]));
});

test('"Not now" holds for thirty days, and then an optional claim may be asked for again', async () => {
  const party = await createRelyingParty(program.issuer, garden);
  const person = meetPerson(program);
  const params = { scope: 'openid email phone' };
  await party.begin(person.browser, params);
  await proveEmail(program, person);
  await person.browser.submit('/decline', { choice: 'not_now' });
  await allow(person);
  expect(await party.silently(person.browser, params)).toHaveProperty('code');
  // A session lasts fourteen days: somebody who comes back later signs in first.
  clock.advance(29 * 86_400);
  await party.begin(person.browser, params);
  expect((await proveEmail(program, person)).location).toMatch(/\?code=/);
  clock.advance(2 * 86_400);
  expect((await party.begin(person.browser, params)).answer.url).toMatch(/\/phone$/);
});
