// Signing keys as clients meet them: over nodes of one deployment, for each algorithm, and in what discovery says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { createKeys } from '../../src/keys/keys.ts';
import { publish } from '../../src/keys/signing/key.ts';
import { createSigningKeyRing } from '../../src/keys/signing/ring.ts';
import { createClock } from '../helpers/clock.ts';
import { verifyJwt, type Claims } from '../helpers/jwt.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';
import { createScanner } from '../helpers/scanner.ts';
import { watchStore } from '../helpers/store-dump.ts';
import { nameStore, openTestStorage } from '../helpers/store.ts';
import { openSwitchedStorage } from '../helpers/switched-storage.ts';

type Algorithm = 'ES256' | 'RS256' | 'EdDSA';
type Overrides = NonNullable<Parameters<typeof startProgram>[0]>;

const clock = createClock();
const folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'));
const everything: Algorithm[] = ['ES256', 'RS256', 'EdDSA'];
// The keys that tests bring along are left out: these deployments make their own.
const secrets = { signingKeys: undefined };
let started: Program[] = [];
let stores = 0;

afterEach(async () => {
  await Promise.all(started.map((program) => program.close()));
  started = [];
});
afterAll(() => {
  clock.restore();
  rmSync(folder, { recursive: true, force: true });
});

async function start(overrides: Overrides = {}, parts = {}): Promise<Program> {
  const signingKeys = { algorithms: everything, checkSeconds: 0.1, ...overrides.signingKeys };
  const program = await startProgram({ secrets, ...overrides, signingKeys }, parts);
  started.push(program);
  return program;
}

/** A store of its own, which several programs can open. */
const nameNext = () => nameStore(join(folder, `${(stores += 1)}.db`));

async function publishedBy({ url }: Program): Promise<{ keys: Claims[]; headers: Headers }> {
  const answer = await fetch(`${url}/oidc/jwks`);
  return { keys: ((await answer.json()) as { keys: Claims[] }).keys, headers: answer.headers };
}
const kidsOf = async (program: Program) => (await publishedBy(program)).keys.map(({ kid }) => String(kid)).toSorted();

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('not within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The operator's command line, on the store of a program: a process of its own has connections of its own. */
async function openRing(settings: Program['settings'], { database, redis }: ReturnType<typeof nameStore>) {
  const storage = await openTestStorage({ database, redis });
  const ring = createSigningKeyRing({ records: storage.records, keys: createKeys(settings.secrets), now: () => Date.now(), settings });
  return { ring, storage };
}

const clientOf = (alg: Algorithm) => ({ ...clientMetadata.web, client_id: alg.toLowerCase(), id_token_signed_response_alg: alg });

test('two nodes that start at once on an empty store publish the same keys; what one is told, the other follows', async () => {
  const store = nameNext();
  const [first, second] = await Promise.all([start(store), start(store)]);
  const before = await kidsOf(first);
  expect(before).toHaveLength(everything.length);
  expect(await kidsOf(second)).toEqual(before);

  const { ring, storage } = await openRing(first.settings, store);
  const made = (await ring.rotate()).map(({ kid }) => kid);
  const after = [...before, ...made].toSorted();
  for (const node of [first, second]) await until(async () => String(await kidsOf(node)) === String(after));
  clock.advance(86_400);
  for (const node of [first, second]) await until(async () => made.includes(String((await publishedBy(node)).keys[0]?.kid)));

  const [gone = ''] = made;
  await ring.retire(gone, true);
  for (const node of [first, second]) await until(async () => !(await kidsOf(node)).includes(gone));
  expect(await kidsOf(first)).toEqual(await kidsOf(second));
  await storage.close();
});

describe('what is published', () => {
  test('may be cached for as long as the settings say, and holds no private member', async () => {
    const { keys, headers } = await publishedBy(await start({ signingKeys: { cacheSeconds: 120 } }));
    expect(headers.get('cache-control')).toBe('public, max-age=120');
    expect(new Set(keys.flatMap(Object.keys))).toEqual(new Set(['kty', 'use', 'kid', 'alg', 'crv', 'x', 'y', 'e', 'n']));
  });

  test.each([[everything], [['ES256', 'RS256']], [['ES256']]] as [Algorithm[]][])(
    'of %j is what discovery lists, and what each client’s ID tokens are signed with',
    async (algorithms) => {
      const registered = algorithms.map(clientOf);
      const program = await start({ signingKeys: { algorithms }, clients: { registered } });
      const { keys } = await publishedBy(program);
      const { metadata } = await createRelyingParty(program.issuer);
      const listed = metadata.id_token_signing_alg_values_supported as string[];
      expect([listed.length, new Set(listed)]).toEqual([algorithms.length, new Set(algorithms)]);
      expect([keys.length, new Set(keys.map(({ alg }) => alg))]).toEqual([algorithms.length, new Set(algorithms)]);
      const person = meetPerson(program);
      for (const client of registered) {
        const { tokens } = await signIn(program, await createRelyingParty(program.issuer, client), { person });
        expect(verifyJwt(tokens.id_token, keys).header.alg).toBe(client.id_token_signed_response_alg);
      }
    },
  );

  test.each([
    ['RS256', everything],
    ['ES256', ['ES256', 'EdDSA'] as Algorithm[]],
  ])('signs with %s for a client that names no algorithm, where there are keys of %j', async (expected, algorithms) => {
    const program = await start({ signingKeys: { algorithms } });
    const { tokens } = await signIn(program, await createRelyingParty(program.issuer), { person: meetPerson(program) });
    expect(verifyJwt(tokens.id_token, (await publishedBy(program)).keys).header.alg).toBe(expected);
  });
});

test('an ID token of a retired key is a good hint at sign-out; one of a key that was taken out by force is none', async () => {
  const store = nameNext();
  const program = await start(store);
  const party = await createRelyingParty(program.issuer);
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person });
  const { ring, storage } = await openRing(program.settings, store);
  const next = (await ring.rotate()).map(({ kid }) => kid);
  clock.advance(86_400);
  await until(async () => next.includes(String((await publishedBy(program)).keys[0]?.kid)));
  const query = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: 'http://127.0.0.1:9/' });
  const ask = () => person.browser.open(`${String(party.metadata.end_session_endpoint)}?${query.toString()}`);
  expect((await ask()).status).toBe(200);

  for (const { kid, state } of await ring.list()) if (state === 'retired') await ring.retire(kid, true);
  await until(async () => (await kidsOf(program)).length === everything.length);
  expect((await ask()).status).toBe(400);
  await storage.close();
});

test('a node whose store is away goes on with the keys that it has, and begins with the next one at its time', async () => {
  const switched = await openSwitchedStorage();
  const program = await start({}, { storage: switched.storage });
  const { settings } = program;
  const ring = createSigningKeyRing({
    records: switched.storage.records,
    keys: createKeys(settings.secrets),
    now: () => Date.now(),
    settings,
  });
  const next = (await ring.rotate()).map(({ kid }) => kid);
  await until(async () => (await kidsOf(program)).length === 2 * everything.length);
  switched.switchOff();
  expect(next).not.toContain((await publishedBy(program)).keys[0]?.kid);
  clock.advance(86_400);
  await until(async () => next.includes(String((await publishedBy(program)).keys[0]?.kid)));
  switched.switchOn();
  await program.close();
  started = [];
  await switched.close();
});

test('a store holds no part of a private key that can be read: not in a byte, not in a column', async () => {
  const store = nameNext();
  const watch = await watchStore(store);
  const program = await start(store);
  const { ring, storage } = await openRing(program.settings, store);
  await ring.rotate();
  const { keys } = publish(await ring.refresh(), Date.now());
  const scanner = createScanner();
  const members = keys.flatMap(({ d, p, q, dp, dq, qi }) => [d, p, q, dp, dq, qi]).filter((member) => typeof member === 'string');
  for (const member of members) scanner.addText('private key', member);
  const { history, columns } = await watch.read();
  const pieces = [...history, ...columns];
  expect(pieces.flatMap(({ place, bytes }) => scanner.scan(place, bytes))).toEqual([]);

  // There is something to find, and what looks for it finds it.
  expect(members).toHaveLength(2 * (1 + 6 + 1));
  await storage.records.insert('planted', 'key', keys);
  const planted = (await watch.read()).columns.flatMap(({ place, bytes }) => scanner.scan(place, bytes));
  expect(planted.length).toBeGreaterThanOrEqual(members.length);
  await storage.close();
  await watch.stop();
});
