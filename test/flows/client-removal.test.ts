// The removal of a client that is cut off, as by a command that is killed: the same command finishes it, and whoever gets the
// client's id later inherits nothing.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openOperator } from '../../src/operator.ts';
import { type HeldStorage, openHeldStorage } from '../helpers/held-storage.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { deleteClient, register } from '../helpers/registrations.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

const id = 'shop';
let store: HeldStorage;
let program: Program;
let desk: Awaited<ReturnType<Awaited<ReturnType<typeof openOperator>>['openClients']>>;

beforeAll(async () => {
  store = await openHeldStorage();
  program = await startProgram({ registration: { enabled: true, invited: false } }, { storage: store.storage });
  desk = await (await openOperator(program.settings, { storage: store.storage })).openClients();
});
afterAll(async () => {
  await program.close();
  await store.close();
});

async function addShop() {
  const { secret } = await desk.add({ client_id: id, client_name: 'Shop', redirect_uris: ['http://127.0.0.1:9/shop'] });
  return createRelyingParty(program.issuer, { client_id: id, client_secret: secret, redirect_uris: ['http://127.0.0.1:9/shop'] });
}

async function signInAtShop() {
  const person = meetPerson(program);
  const params = { scope: 'openid email offline_access', prompt: 'consent' };
  return { person, ...(await signIn(program, await addShop(), { person, params })) };
}

async function expectNothingInherited({ person, tokens }: Awaited<ReturnType<typeof signInAtShop>>): Promise<void> {
  const next = await addShop();
  expect((await next.userinfo(tokens.access_token)).status).toBe(401);
  const refresh = async () => (await next.refresh(tokens.refresh_token ?? '')).body.error;
  // The program knows the secret of before for a moment.
  let error = await refresh();
  while (error === 'invalid_client') error = await refresh();
  expect(error).toBe('invalid_grant');
  expect(await next.silently(person.browser)).toMatchObject({ error: 'consent_required' });
  await desk.remove(id);
}

test('when the client has gone, nothing that was issued to it is left', async () => {
  const shop = await signInAtShop();
  const client = store.hold({ names: ['remove'], first: 'Client' });
  void desk.remove(id);
  await client.reached;
  const rest = store.hold({ names: ['removeAll'], first: 'Grant' });
  client.letGo();
  await rest.reached;
  expect(await desk.find(id)).toBeUndefined();
  await expectNothingInherited(shop);
});

test('while the client is there, the same command removes it', async () => {
  const shop = await signInAtShop();
  const client = store.hold({ names: ['remove'], first: 'Client' });
  void desk.remove(id);
  await client.reached;
  expect(await desk.find(id)).toBeDefined();
  await desk.remove(id);
  await expectNothingInherited(shop);
});

test('a client that removes itself, and is cut off before it has gone, can do it once more', async () => {
  const { body } = await register(program);
  const client = store.hold({ names: ['remove'], first: 'Client' });
  void deleteClient(body).catch(() => undefined);
  await client.reached;
  expect((await deleteClient(body)).status).toBe(204);
  expect(await desk.find(body.client_id)).toBeUndefined();
});
