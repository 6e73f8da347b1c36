// Clients that register themselves (RFC 7591) and manage what they registered (RFC 7592): off unless the operator says so, invited
// unless the operator says otherwise, and never more than a client may be.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Storage } from '../../src/storage/port.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { inParallel } from '../helpers/race.ts';
import { app, deleteClient, openClients, readClient, register, updateClient } from '../helpers/registrations.ts';
import { createRelyingParty, decodeJwt } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

let storage: Storage;
/** Anybody may register here. */
let open: Program;
/** Only who was invited. */
let invited: Program;
let clients: Awaited<ReturnType<typeof openClients>>;

beforeAll(async () => {
  storage = await openTestStorage();
  open = await startProgram({ registration: { enabled: true, invited: false, perHour: 1000, maxClients: 1000 } }, { storage });
  invited = await startProgram({ registration: { enabled: true } });
  clients = await openClients(open, storage);
});
afterAll(async () => {
  await Promise.all([open.close(), invited.close()]);
  await storage.close();
});

test('it is off by default, and discovery says nothing of it', async () => {
  const plain = await startProgram();
  expect((await register(plain)).status).toBe(404);
  expect((await createRelyingParty(plain.issuer)).metadata).not.toHaveProperty('registration_endpoint');
  await plain.close();
  expect((await createRelyingParty(open.issuer)).metadata.registration_endpoint).toBe(`${open.issuer}/oidc/register`);
});

test('a client that has registered signs people in, with a secret of at least 256 bits that the store holds only as a hash', async () => {
  const { status, body } = await register(open);
  expect(status).toBe(201);
  expect(body).toMatchObject({ ...app, subject_type: 'pairwise', client_secret_expires_at: 0 });
  expect(Buffer.from(body.client_secret ?? '', 'base64url').length).toBeGreaterThanOrEqual(32);
  for (const member of ['sector', 'sector_identifier_uri', 'consent', 'require_pkce']) expect(body).not.toHaveProperty(member);
  const { tokens } = await signIn(open, await createRelyingParty(open.issuer, body), { person: meetPerson(open) });
  expect(decodeJwt(tokens.id_token).aud).toBe(body.client_id);
  const known = await clients.find(body.client_id);
  expect(known).toMatchObject({ origin: 'registration', metadata: { client_secret_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  expect(JSON.stringify(known)).not.toContain(body.client_secret);
  await expect(clients.update(body.client_id, { client_name: 'Mine' }, {})).rejects.toThrow('has registered itself, and changes itself');
  await expect(clients.rotateSecret(body.client_id, { keepSeconds: 60 })).rejects.toThrow("its old secret can't be kept");
});

test.each([null, ''])('what is the operator’s alone is not kept where a client says %j for it', async (nothing) => {
  const operators = ['former_client_secret', 'consent', 'require_pkce', 'logo', 'client_secret_sha256'];
  const { status, body } = await register(open, { ...app, ...Object.fromEntries(operators.map((name) => [name, nothing])) });
  expect(status).toBe(201);
  const { metadata } = (await clients.find(body.client_id)) ?? {};
  for (const name of operators.slice(0, -1)) expect(metadata).not.toHaveProperty(name);
  const wrong = await createRelyingParty(open.issuer, { ...body, client_secret: `${body.client_secret}x` });
  expect((await wrong.token({ grant_type: 'refresh_token', refresh_token: 'none' })).body.error).toBe('invalid_client');
});

describe('a client may not', () => {
  const native = { application_type: 'native', token_endpoint_auth_method: 'none' };
  test.each([
    ['say that nobody need be asked for consent', { consent: 'implicit' }, 'consent: only the operator'],
    ['choose its sector', { sector: 'garden.example' }, 'sector: only the operator'],
    ['go without PKCE', { require_pkce: false }, 'require_pkce: only the operator'],
    ['bring a hash of a secret', { client_secret_sha256: '0'.repeat(64) }, 'client_secret_sha256: only the operator'],
    ['bring a logo', { logo: 'a.png' }, 'logo: only the operator'],
    ['get tokens without a person', { grant_types: ['client_credentials'], response_types: [] }, 'grant_types: client_credentials'],
    ['make us fetch its keys', { jwks_uri: 'http://169.254.169.254/' }, 'jwks_uri: not supported'],
    ['make us fetch its sector', { sector_identifier_uri: 'https://garden.example/s' }, 'sector_identifier_uri: not supported'],
    ['hide who it is', { client_name: 'Gar‮den' }, 'client_name: must not hold invisible'],
    ['link to scripts', { policy_uri: 'javascript:alert(1)' }, 'policy_uri: must be'],
    ['hide something in a link', { tos_uri: 'https://garden.example/\u001b[2J' }, 'tos_uri: must not hold'],
    ['be endless', { contacts: Array.from({ length: 11 }, () => 'a@example.com') }, 'contacts: '],
  ])('%s', async (_, more, words) => {
    const { status, body } = await register(open, { ...app, ...more });
    expect({ status, ...body }).toMatchObject({
      status: 400,
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining(words),
    });
  });

  test.each([
    ['http for a web client', {}, 'http://garden.example/cb'],
    ['this machine for a web client', {}, 'http://localhost:8080/cb'],
    ['https on this machine', {}, 'https://localhost/cb'],
    ['https on this machine, as DNS writes it', {}, 'https://localhost./cb'],
    ['https on this machine by another of its names', {}, 'https://app.localhost/cb'],
    ['https on this machine by another of its addresses', {}, 'https://127.1.2.3/cb'],
    ['https on this machine in another notation', {}, 'https://[::ffff:127.0.0.1]/cb'],
    ['https on any machine', {}, 'https://0/cb'],
    ['https in a private network', {}, 'https://10.0.0.5/cb'],
    ['http to another machine', native, 'http://garden.example/cb'],
    ['a scheme that is anybody’s', native, 'garden:/cb'],
    ['a scheme that runs something', native, 'javascript:alert(1)'],
  ])('be sent back over %s', async (_, more, uri) => {
    const { status, body } = await register(open, { ...app, ...more, redirect_uris: [uri] });
    expect({ status, ...body }).toMatchObject({ status: 400, error: 'invalid_redirect_uri' });
  });

  test.each([
    'https://*.garden.example/cb',
    'https://user:word@garden.example/',
    'https://garden.example/#x',
    'https://garden.example/\r\nx',
  ])('register %s', async (uri) => {
    expect((await register(open, { ...app, redirect_uris: [uri] })).status).toBe(400);
  });

  test('leave several things wrong and hear of one: all are said', async () => {
    const { body } = await register(open, { ...app, consent: 'implicit', tos_uri: 'x', jwks_uri: 'https://a.example' });
    expect(body.error_description).toMatch(/tos_uri.*consent.*jwks_uri/);
  });
});

test.each(['http://127.0.0.1:7777/cb', 'http://[::1]/cb', 'com.example.garden:/cb', 'https://garden.example/app'])(
  'a native client may be sent back to %s',
  async (uri) => {
    const metadata = { ...app, application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: [uri] };
    const { status, body } = await register(open, metadata);
    expect({ status, secret: body.client_secret }).toEqual({ status: 201, secret: undefined });
  },
);

test('a client with another redirect URI beside a known host’s does not learn what that host calls people', async () => {
  const person = meetPerson(open);
  const subAt = async (metadata: object, pick = 0) => {
    const { body } = await register(open, { ...app, ...metadata });
    const uris = body.redirect_uris.slice(pick);
    const party = await createRelyingParty(open.issuer, { ...body, redirect_uris: uris });
    return { sub: decodeJwt((await signIn(open, party, { person })).tokens.id_token).sub, body };
  };
  const { sub, body } = await subAt({});
  expect((await subAt({})).sub).toBe(sub);
  const thief = { redirect_uris: [...app.redirect_uris, 'https://thief.example/cb'] };
  expect((await subAt(thief, 1)).sub).not.toBe(sub);
  // Nor by an update, after it was seen with that host alone.
  const {
    registration_client_uri: _,
    registration_access_token: __,
    client_secret_expires_at: ___,
    client_id_issued_at: ____,
    ...own
  } = body;
  expect((await updateClient(body, { ...own, ...thief })).status).toBe(200);
  await sleep(600);
  const party = await createRelyingParty(open.issuer, { ...body, redirect_uris: ['https://thief.example/cb'] });
  expect(decodeJwt((await signIn(open, party, { person })).tokens.id_token).sub).not.toBe(sub);
});

describe('a client manages itself', () => {
  const own = ({ client_id, client_secret }: { client_id: string; client_secret?: string }) => ({ ...app, client_id, client_secret });

  test('it reads what it registered, but for the secret', async () => {
    const { body } = await register(open);
    const read = await readClient(body);
    expect(read).toMatchObject({ status: 200, body: { ...app, client_id: body.client_id } });
    expect(read.body).not.toHaveProperty('client_secret');
    expect((await readClient({ ...body, registration_access_token: 'wrong' })).status).toBe(401);
  });

  test('an update holds within a second, renews the token, and leaves the secret as it is', async () => {
    const { body } = await register(open);
    const party = await createRelyingParty(open.issuer, body);
    await signIn(open, party, { person: meetPerson(open) });
    const updated = await updateClient(body, { ...own(body), client_name: 'Orchard' });
    expect(updated).toMatchObject({ status: 200, body: { client_name: 'Orchard' } });
    expect(updated.body.registration_access_token).not.toBe(body.registration_access_token);
    expect((await readClient(body)).status).toBe(401);
    expect((await updateClient({ ...body, ...updated.body }, { ...own(body), client_secret: 'x'.repeat(43) })).status).toBe(400);
    await sleep(600);
    const person = meetPerson(open);
    expect((await party.begin(person.browser)).answer.text).toContain('Orchard');
    expect((await signIn(open, party, { person })).tokens.id_token).toBeTruthy();
  });

  test.each([{ consent: 'implicit' }, { redirect_uris: ['http://garden.example/'] }])('an update may not say %j either', async (more) => {
    const { body } = await register(open);
    expect((await updateClient(body, { ...own(body), ...more })).status).toBe(400);
    expect(await clients.find(body.client_id)).toMatchObject({ metadata: app });
  });

  test('a client that deletes itself ends with all its tokens', async () => {
    const { body } = await register(open);
    const party = await createRelyingParty(open.issuer, body);
    const { tokens } = await signIn(open, party, { person: meetPerson(open) });
    expect((await deleteClient(body)).status).toBe(204);
    expect((await party.userinfo(tokens.access_token)).status).toBe(401);
    expect((await readClient(body)).status).toBe(401);
    expect(await clients.find(body.client_id)).toBeUndefined();
  });

  test('what its operator did meanwhile is not undone', async () => {
    const { body } = await register(open);
    await clients.remove(body.client_id);
    expect((await updateClient(body, own(body))).status).toBe(401);
    expect(await clients.find(body.client_id)).toBeUndefined();
  });
});

describe('an invitation', () => {
  const admit = async (program: Program, from: Storage, uses: number) => (await openClients(program, from)).invite({ uses, seconds: 60 });

  test('is needed, and good for as many clients as it says', async () => {
    expect((await register(invited)).status).toBe(401);
    expect((await register(invited, app, 'made-up')).status).toBe(401);
    const token = await clients.invite({ uses: 2, seconds: 60 });
    const guarded = await startProgram({ registration: { enabled: true } }, { storage });
    // What is refused costs nothing.
    expect((await register(guarded, { ...app, consent: 'implicit' }, token)).status).toBe(400);
    expect((await inParallel(3, () => register(guarded, app, token))).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 201, 401,
    ]);
    expect((await register(guarded, app, token)).status).toBe(401);
    await guarded.close();
  });

  /** Twenty at once with an invitation for one. */
  async function rush(alter: (storage: Storage) => Storage): Promise<number> {
    const own = alter(await openTestStorage());
    const program = await startProgram({ registration: { enabled: true } }, { storage: own });
    const token = await admit(program, own, 1);
    const answers = await inParallel(20, () => register(program, app, token));
    await program.close();
    await own.close();
    return answers.filter(({ status }) => status === 201).length;
  }

  test('for one is used once, by twenty at the same time', async () => {
    expect(await rush((sound) => sound)).toBe(1);
  });

  test('would be used several times on a store that counts in two steps', async () => {
    const counters = new Map<string, number>();
    const broken = (sound: Storage): Storage => ({
      ...sound,
      records: {
        ...sound.records,
        async bump(kind, key, by) {
          const before = counters.get(kind + key) ?? 0;
          await sleep(100);
          counters.set(kind + key, before + by);
          return before + by;
        },
      },
    });
    expect(await rush(broken)).toBeGreaterThan(1);
  });
});

test('no more register than the operator lets, in all and by the hour; a client that goes makes room', async () => {
  const own = await openTestStorage();
  const rules = { enabled: true, invited: false };
  const few = await startProgram({ registration: { ...rules, maxClients: 3, perHour: 100 } }, { storage: own });
  const answers = await inParallel(10, () => register(few));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 201, ...Array.from({ length: 7 }, () => 403)]);
  const [first] = answers.filter(({ status }) => status === 201);
  expect((await deleteClient(first!.body)).status).toBe(204);
  expect((await register(few)).status).toBe(201);
  await few.close();
  const slow = await startProgram({ registration: { ...rules, maxClients: 100, perHour: 11 } }, { storage: own });
  const { status, headers } = await register(slow);
  expect([status, Number(headers.get('retry-after')) > 3000]).toEqual([429, true]);
  await slow.close();
  await own.close();
});
