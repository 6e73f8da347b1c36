// Whatever must not leak says in its first letters what it is, so that a scanner finds it; and what it says it is not, it is not taken for.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createKeys } from '../../src/keys/keys.ts';
import type { Storage } from '../../src/storage/port.ts';
import { files, machines, orders, resources } from '../helpers/api.ts';
import { countStorage } from '../helpers/counted-storage.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { openClients, readClient, register } from '../helpers/registrations.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';

/** As docs/relying-parties/requests.md gives it to operators. */
const pattern = /^lk(cs|at|cc|rt|it|rg)_[\w-]{43}$/;
const params = { scope: 'openid email offline_access', prompt: 'consent' };
let storage: Storage;
let take: ReturnType<typeof countStorage>['take'];
let program: Program;
let web: RelyingParty;

beforeAll(async () => {
  storage = await openTestStorage();
  const counted = countStorage(storage);
  ({ take } = counted);
  const registered = [clientMetadata.web, clientMetadata.spa, machines.nightly];
  program = await startProgram({ resources, clients: { registered }, registration: { enabled: true } }, { storage: counted.storage });
  web = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  await program.close();
  await storage.close();
});

const obtain = async (party = web) => (await signIn(program, party, { person: meetPerson(program), params })).tokens;

test('people’s tokens, and each child of a refresh token', async () => {
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  const first = await obtain(spa);
  const { body: second } = await spa.refresh(first.refresh_token ?? '');
  for (const tokens of [first, second]) {
    expect([tokens.access_token, tokens.refresh_token]).toEqual([expect.stringMatching(/^lkat_/), expect.stringMatching(/^lkrt_/)]);
    expect([tokens.access_token, tokens.refresh_token]).toEqual([expect.stringMatching(pattern), expect.stringMatching(pattern)]);
  }
  expect(second.refresh_token).not.toBe(first.refresh_token);
});

test('a program’s tokens, but no JWT and no id within one', async () => {
  const nightly = await createRelyingParty(program.issuer, machines.nightly);
  const ask = (resource: string, scope: string) => nightly.token({ grant_type: 'client_credentials', resource, scope });
  expect((await ask(files, 'files:read')).body.access_token).toMatch(/^lkcc_[\w-]{43}$/);
  const { body } = await ask(orders, 'orders:read');
  expect(decodeJwt(body.access_token).jti).toMatch(/^(?!lk.._)[\w-]+$/);
});

test('what is for registration, and a client’s secret, whoever made it', async () => {
  const clients = await openClients(program, storage);
  const invitation = await clients.invite({ uses: 1, seconds: 60 });
  const { body: client } = await register(program, undefined, invitation);
  expect([invitation, client.registration_access_token, client.client_secret]).toEqual([
    expect.stringMatching(/^lkit_/),
    expect.stringMatching(/^lkrg_/),
    expect.stringMatching(/^lkcs_/),
  ]);
  for (const secret of [invitation, client.registration_access_token, client.client_secret]) expect(secret).toMatch(pattern);
  expect((await readClient(client)).status).toBe(200);
  const added = await clients.add({ client_id: 'added', client_name: 'Added', redirect_uris: ['https://added.example/callback'] });
  expect(added.secret).toMatch(/^lkcs_[\w-]{43}$/);
});

test('a token is looked for as what it says it is alone', async () => {
  const { access_token: token } = await obtain();
  take();
  expect((await web.introspect(token)).body.active).toBe(true);
  expect(take().flatMap(({ what }) => (/Token|Credentials/.test(what) ? [what] : []))).toEqual(['AccessToken']);
});

test('a token from before there were marks is as good as it was', async () => {
  const { access_token: token } = await obtain();
  const keys = createKeys(program.settings.secrets);
  const [marked, plain] = [token, token.slice('lkat_'.length)].map((id) => keys.lookup('AccessToken', id)) as [string, string];
  const row = await storage.expiring.get<string>('AccessToken', marked);
  const payload = keys.open<object>(row?.value ?? '', `AccessToken:${marked}`);
  await storage.expiring.put('AccessToken', plain, keys.seal({ ...payload, jti: token.slice('lkat_'.length) }, `AccessToken:${plain}`), 60);
  expect((await web.userinfo(token.slice('lkat_'.length))).status).toBe(200);
  expect((await web.introspect(token.slice('lkat_'.length))).body.active).toBe(true);
  expect((await web.userinfo(`lkrt_${token.slice('lkat_'.length)}`)).status).toBe(401);
});
