// What is still to be told outlives a node, is told by one of several, never to an address that the operator has not listed, and
// not for ever.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import { createLogoutNotices } from '../../src/domain/logout-notices.ts';
import { createKeys } from '../../src/keys/keys.ts';
import type { Storage } from '../../src/storage/port.ts';
import { openDesk, ways } from '../helpers/account-desk.ts';
import { createClock } from '../helpers/clock.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../helpers/logout-receiver.ts';
import { countEvents } from '../helpers/metrics.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { inParallel } from '../helpers/race.ts';
import { type Client, createRelyingParty, decodeJwt } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';
import { breakStorage } from '../storage/broken.ts';

const quick = { allowedAddresses: ['127.0.0.1'], firstRetrySeconds: 1, pollSeconds: 1, timeoutSeconds: 1 };
let storage: Storage;
let receiver: LogoutReceiver;
let programs: Program[];
let clock: ReturnType<typeof createClock>;

beforeEach(async () => {
  clock = createClock();
  [storage, receiver, programs] = [await openTestStorage(), await startLogoutReceiver(), []];
});
afterEach(async () => {
  clock.restore();
  await Promise.all(programs.map((program) => program.close()));
  await Promise.all([storage.close(), receiver.close()]);
});

type Rules = Partial<Program['settings']['backChannelLogout']>;

const appAt = (uri: string) =>
  ({
    client_id: 'shop',
    client_secret: 'shop-secret-shop-secret-shop-secret-shop-secret',
    redirect_uris: ['http://127.0.0.1:9/shop'],
    backchannel_logout_uri: uri,
    backchannel_logout_session_required: true,
  }) satisfies ClientMetadata & Client;

/** A node of the one deployment; a later one takes the first one's issuer. */
async function startNode(rules: Rules = {}, uri = receiver.uri): Promise<Program> {
  const server = programs[0] && { issuer: programs[0].issuer };
  const settings = { backChannelLogout: { ...quick, ...rules }, ...(server ? { server } : {}) };
  const program = await startProgram(settings, { storage, clients: [appAt(uri)] });
  programs.push(program);
  return program;
}

async function signInAtShop(program: Program): Promise<{ person: Person; sid: unknown }> {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, await createRelyingParty(program.issuer, appAt(receiver.uri)), { person });
  return { person, sid: decodeJwt(tokens.id_token).sid };
}

async function signOut(program: Program, { browser }: Person) {
  await browser.open(`${program.issuer}/oidc/sign-out`);
  return browser.submit('/sign-out/confirm', { logout: 'yes' });
}

async function waitForEvents(nodes: Program[], labels: Record<string, string>, wanted = 1): Promise<void> {
  const deadline = performance.now() + 10_000;
  while ((await countEvents(nodes, labels)) < wanted) {
    if (performance.now() > deadline) throw new Error(`no ${JSON.stringify(labels)} within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const listQueued = async () => (await storage.records.list('logout-notice', 'all', { limit: 10 })).rows;

const noticesOn = (store: Storage, program: Program) =>
  createLogoutNotices({
    records: store.records,
    keys: createKeys(program.settings.secrets),
    events: { emit: () => {} },
    now: Date.now,
    rules: program.settings.backChannelLogout,
  });

test('a node that stops leaves what it could not tell to the next one', async () => {
  const first = await startNode({ pollSeconds: 3600 });
  const { person, sid } = await signInAtShop(first);
  await receiver.close();
  await signOut(first, person);
  await waitForEvents([first], { type: 'logout_failed', outcome: 'unreachable' });
  await programs[0]?.close();
  await receiver.open();
  await startNode();
  const [received] = await receiver.waitFor(1);
  expect(decodeJwt(received?.token ?? '')).toMatchObject({ sid });
  programs.shift();
});

test('the person does not wait for an app that takes its time', async () => {
  const program = await startNode({ timeoutSeconds: 600 });
  const { person } = await signInAtShop(program);
  receiver.answerWith(0);
  expect((await signOut(program, person)).text).toContain('signed out');
  await receiver.waitFor(1);
  await receiver.close();
});

test('of several nodes one tells it', async () => {
  const nodes = [await startNode(), await startNode(), await startNode()];
  const [first] = nodes as [Program];
  const { person } = await signInAtShop(first);
  receiver.answerWith(503);
  await signOut(first, person);
  await waitForEvents(nodes, { type: 'logout_failed' });
  receiver.answerWith(200);
  await waitForEvents(nodes, { type: 'logout_told' });
  const failed = await countEvents(nodes, { type: 'logout_failed' });
  expect(await countEvents(nodes, { type: 'logout_told' })).toBe(1);
  expect(receiver.received).toHaveLength(failed + 1);
  expect(await listQueued()).toEqual([]);
});

test('of many who take a notice at once one has it; on a store that reads, waits and writes several have (teeth)', async () => {
  const program = await startNode({ pollSeconds: 3600 });
  const taken = async (store: Storage, sid: string) => {
    const notices = noticesOn(store, program);
    const key = await notices.add({ client: 'shop', account: 'somebody', sid });
    return (await inParallel(20, () => notices.take(key))).filter(Boolean).length;
  };
  expect(await taken(storage, 'sound')).toBe(1);
  expect(await taken(breakStorage(storage), 'broken')).toBeGreaterThan(1);
});

test.each(ways)('an operator who ends everything of somebody (%s) has their apps told, by whichever node looks first', async (way) => {
  const program = await startNode();
  const { person, sid } = await signInAtShop(program);
  await (await openDesk(program, storage)).end(way, person.email);
  await waitForEvents([program], { type: 'logout_told' });
  expect(receiver.received.map(({ token }) => decodeJwt(token).sid)).toEqual([sid]);
});

test.each([
  ['a loopback address', () => receiver.uri],
  ['a name that leads to one', () => receiver.uri.replace('127.0.0.1', 'localhost')],
  ['one written otherwise', () => receiver.uri.replace('127.0.0.1', '[::ffff:127.0.0.1]')],
])('%s that the operator has not listed is never connected to, and the log says so', async (_, uri) => {
  const program = await startNode({ allowedAddresses: ['10.0.0.0/8'] }, uri());
  const { person } = await signInAtShop(program);
  await signOut(program, person);
  await waitForEvents([program], { type: 'logout_failed', outcome: 'address_refused' });
  expect(receiver.received).toEqual([]);
});

test('a redirect is a refusal, and leads nowhere', async () => {
  const program = await startNode();
  const elsewhere = await startLogoutReceiver();
  const { person } = await signInAtShop(program);
  receiver.answerWith(307, { location: elsewhere.uri });
  await signOut(program, person);
  await waitForEvents([program], { type: 'logout_failed', outcome: 'refused' });
  expect(elsewhere.received).toEqual([]);
  await elsewhere.close();
});

test('after the time that the operator sets it is given up, and the log and the figures say so', async () => {
  const program = await startNode({ giveUpSeconds: 600 });
  const { person } = await signInAtShop(program);
  receiver.answerWith(500);
  await signOut(program, person);
  await waitForEvents([program], { type: 'logout_failed' });
  clock.advance(601);
  await waitForEvents([program], { type: 'logout_given_up' });
  expect(await listQueued()).toEqual([]);
});
