// Signing out reaches every app of the session (OpenID Connect Back-Channel Logout 1.0): at once, signed, and again until it arrived.
import { createPublicKey, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import { createClock } from '../helpers/clock.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../helpers/logout-receiver.ts';
import { countEvents } from '../helpers/metrics.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { type Client, createRelyingParty, decodeJwt } from '../helpers/relying-party.ts';

const eventName = 'http://schemas.openid.net/event/backchannel-logout';
const quick = { allowedAddresses: ['127.0.0.1'], firstRetrySeconds: 1, pollSeconds: 1, timeoutSeconds: 1 };
let program: Program;
let shop: LogoutReceiver;
let club: LogoutReceiver;
const clock = createClock();

beforeAll(async () => {
  [shop, club] = [await startLogoutReceiver(), await startLogoutReceiver()];
  program = await startProgram({ backChannelLogout: quick }, { clients: clients() });
});
beforeEach(() => {
  for (const receiver of [shop, club]) {
    receiver.received.length = 0;
    receiver.answerWith(200);
  }
});
afterEach(() => clock.restore());
afterAll(async () => {
  await Promise.all([program.close(), shop.close(), club.close()]);
});

const appOf = (id: string, more: Partial<ClientMetadata> = {}): ClientMetadata & Client => ({
  client_id: id,
  client_name: id,
  client_secret: `${id}-secret-secret-secret-secret-secret-secret`,
  redirect_uris: [`http://127.0.0.1:9/${id}`],
  ...more,
});

/** The shop tells sessions apart and takes ES256, the club neither; the quiet one wants to hear nothing. */
function clients(): (ClientMetadata & Client)[] {
  return [
    appOf('shop', { backchannel_logout_uri: shop.uri, backchannel_logout_session_required: true, id_token_signed_response_alg: 'ES256' }),
    appOf('club', { backchannel_logout_uri: `${club.uri}?from=latchkey`, id_token_signed_response_alg: 'RS256' }),
    appOf('quiet'),
  ];
}

async function signInAt(host: Program, id: string, person: Person) {
  const client = clients().find(({ client_id }) => client_id === id) as Client;
  const party = await createRelyingParty(host.issuer, client);
  const { tokens } = await signIn(host, party, { person });
  return { party, tokens, claims: decodeJwt(tokens.id_token) };
}

const count = (type: string) => countEvents([program], { type });

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not come about within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** As any app asks for it, or as nobody does. @returns when the person answered */
async function signOut(host: Program, { browser }: Person, params: Record<string, string> = {}) {
  await browser.open(`${host.issuer}/oidc/sign-out?${new URLSearchParams(params).toString()}`);
  const answered = performance.now();
  await browser.submit('/sign-out/confirm', { logout: 'yes' });
  return answered;
}

async function checkSignature(host: Program, token: string): Promise<Record<string, unknown>> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string; alg: string; typ: string };
  const { keys } = (await (await fetch(`${host.url}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
  const key = createPublicKey({ key: keys.find(({ kid }) => kid === header.kid) as never, format: 'jwk' });
  const signed = Buffer.from(`${head}.${body}`);
  expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
  return header;
}

test('discovery says that it is there, for sessions too', async () => {
  const { metadata } = await createRelyingParty(program.issuer);
  expect(metadata).toMatchObject({ backchannel_logout_supported: true, backchannel_logout_session_supported: true });
});

test('every app of the session that asked for it hears within a second, in its own words', async () => {
  const person = meetPerson(program);
  const atShop = await signInAt(program, 'shop', person);
  const atClub = await signInAt(program, 'club', person);
  await signInAt(program, 'quiet', person);
  expect(atShop.claims).toHaveProperty('sid');
  expect(atClub.claims).not.toHaveProperty('sid');
  const asked = await signOut(program, person, { client_id: 'quiet' });
  const [[toShop], [toClub]] = await Promise.all([shop.waitFor(1), club.waitFor(1)]);
  for (const received of [toShop, toClub]) expect(received?.at).toBeLessThan(asked + 1000);
  expect(toShop?.type).toBe('application/x-www-form-urlencoded');
  expect(toClub?.path).toBe('/logout?from=latchkey');
  expect(await checkSignature(program, toShop?.token ?? '')).toMatchObject({ alg: 'ES256', typ: 'logout+jwt' });
  expect(await checkSignature(program, toClub?.token ?? '')).toMatchObject({ alg: 'RS256', typ: 'logout+jwt' });
  const claims = decodeJwt(toShop?.token ?? '');
  expect(claims).toEqual({
    iss: program.issuer,
    aud: 'shop',
    sub: atShop.claims.sub,
    sid: atShop.claims.sid,
    iat: expect.any(Number),
    exp: Number(claims.iat) + 120,
    jti: expect.any(String),
    events: { [eventName]: {} },
  });
  const others = decodeJwt(toClub?.token ?? '');
  expect(others).toMatchObject({ aud: 'club', sub: atClub.claims.sub });
  expect(others).not.toHaveProperty('sid');
  expect(claims).not.toHaveProperty('nonce');
});

test('"stay signed in" ends the one app that asked, and tells that one alone', async () => {
  const person = meetPerson(program);
  const { tokens } = await signInAt(program, 'shop', person);
  await signInAt(program, 'club', person);
  await person.browser.open(`${program.issuer}/oidc/sign-out?id_token_hint=${tokens.id_token}`);
  await person.browser.submit('/sign-out/confirm', { logout: '' });
  await shop.waitFor(1);
  expect(club.received).toEqual([]);
});

test.each<[string, (receiver: LogoutReceiver) => unknown, (receiver: LogoutReceiver) => unknown]>([
  ['is down', (receiver) => receiver.close(), (receiver) => receiver.open()],
  ['answers with an error', (receiver) => receiver.answerWith(500), (receiver) => receiver.answerWith(204)],
  ['refuses the token', (receiver) => receiver.answerWith(400), (receiver) => receiver.answerWith(200)],
  ['never answers', (receiver) => receiver.answerWith(0), (receiver) => receiver.answerWith(200)],
])('an app that %s is told again until it has heard, each time with a token of its own', async (_, breakDown, mend) => {
  const person = meetPerson(program);
  const { claims } = await signInAt(program, 'shop', person);
  const failed = await count('logout_failed');
  await breakDown(shop);
  await signOut(program, person);
  await waitUntil(async () => (await count('logout_failed')) > failed);
  const tokens = () => shop.received.map(({ token }) => decodeJwt(token)).filter(({ sid }) => sid === claims.sid);
  const before = tokens().length;
  await mend(shop);
  await waitUntil(async () => tokens().length > before);
  expect(new Set(tokens().map(({ jti }) => jti)).size).toBe(tokens().length);
});
