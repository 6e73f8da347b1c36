// Refresh tokens: rotated for public clients (one child each, whatever the timing), kept for confidential ones.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Provider } from 'oidc-provider';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { attackBroken, inParallel } from '../helpers/race.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

let program: Program;
let web: RelyingParty;
let spa: RelyingParty;
const clock = createClock();
const params = { scope: 'openid email offline_access', prompt: 'consent' };

beforeAll(async () => {
  program = await startProgram();
  web = await createRelyingParty(program.issuer);
  spa = await createRelyingParty(program.issuer, clientMetadata.spa);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

async function obtain(where: Program, party: RelyingParty) {
  const { tokens } = await signIn(where, party, { person: meetPerson(where), params });
  return { ...tokens, refresh_token: tokens.refresh_token ?? '' };
}

async function refresh(party: RelyingParty, token: string) {
  const { status, body } = await party.refresh(token);
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return { ...body, refresh_token: body.refresh_token ?? '' };
}

async function expectDead(party: RelyingParty, tokens: { refresh: string[]; access: string[] }) {
  for (const token of tokens.refresh) expect((await party.refresh(token)).body.error).toBe('invalid_grant');
  for (const token of tokens.access) expect((await party.userinfo(token)).status).toBe(401);
}

async function race(where: Program, begin = () => {}) {
  const party = await createRelyingParty(where.issuer, clientMetadata.spa);
  const parent = await obtain(where, party);
  begin();
  const answers = await inParallel(50, () => party.refresh(parent.refresh_token));
  const winners = answers.filter(({ status }) => status === 200);
  return { party, parent, answers, children: new Set(winners.map(({ body }) => body.refresh_token ?? '')) };
}

test('fifty refreshes in parallel by a public client make one child, and it works', async () => {
  const { party, parent, answers, children } = await race(program);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(children.size).toBe(1);
  expect(children).not.toContain(parent.refresh_token);
  await refresh(party, [...children][0] ?? '');
});

test('while its child is unused a parent may be retried for ten seconds, and gets the same child', async () => {
  const parent = await obtain(program, spa);
  const first = await refresh(spa, parent.refresh_token);
  clock.advance(9);
  const second = await refresh(spa, parent.refresh_token);
  expect(second.refresh_token).toBe(first.refresh_token);
  expect((await spa.userinfo(second.access_token)).status).toBe(200);
});

test('a parent that comes back after its child was used ends the family', async () => {
  const parent = await obtain(program, spa);
  const child = await refresh(spa, parent.refresh_token);
  const grandchild = await refresh(spa, child.refresh_token);
  expect((await spa.refresh(parent.refresh_token)).body.error).toBe('invalid_grant');
  await expectDead(spa, {
    refresh: [child.refresh_token, grandchild.refresh_token],
    access: [parent.access_token, child.access_token, grandchild.access_token],
  });
});

test('a parent that comes back after ten seconds ends the family', async () => {
  const parent = await obtain(program, spa);
  const child = await refresh(spa, parent.refresh_token);
  clock.advance(11);
  expect((await spa.refresh(parent.refresh_token)).body.error).toBe('invalid_grant');
  await expectDead(spa, { refresh: [child.refresh_token], access: [parent.access_token, child.access_token] });
});

test('a family that ended takes nothing else along: the session goes on, without a new consent', async () => {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, spa, { person, params });
  await refresh(spa, (await refresh(spa, tokens.refresh_token ?? '')).refresh_token);
  expect((await spa.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
  const { tokens: renewed } = await signIn(program, spa, { person, params: { prompt: 'none' } });
  expect((await spa.userinfo(renewed.access_token)).status).toBe(200);
});

test('a confidential client keeps its token', async () => {
  const { refresh_token: token } = await obtain(program, web);
  expect((await refresh(web, token)).refresh_token).toBe(token);
  clock.advance(60);
  expect((await refresh(web, token)).refresh_token).toBe(token);
});

test('another client gets nothing for a refresh token, and its own client still does', async () => {
  const { refresh_token: token } = await obtain(program, spa);
  expect((await web.refresh(token)).body.error).toBe('invalid_grant');
  await refresh(spa, token);
});

test('without offline_access there is no refresh token', async () => {
  const { tokens } = await signIn(program, spa, { person: meetPerson(program) });
  expect(tokens).not.toHaveProperty('refresh_token');
});

test('a refreshed ID token tells the sub and the time of the sign-in', async () => {
  const parent = await obtain(program, spa);
  clock.advance(100);
  const child = await refresh(spa, parent.refresh_token);
  const { sub, auth_time, acr, amr } = decodeJwt(parent.id_token);
  expect(decodeJwt(child.id_token)).toMatchObject({ sub, auth_time, acr, amr });
});

test('the one child needs no luck with the store: its id is derived from its parent', async () => {
  const { children } = await attackBroken(({ program: broken, hold }) => race(broken, () => hold(50)));
  expect(children.size).toBe(1);
});

test('teeth: where children are not told who their parent is, fifty refreshes make many', async () => {
  const context = Object.getOwnPropertyDescriptor(Provider, 'ctx');
  Object.defineProperty(Provider, 'ctx', { get: () => undefined, configurable: true });
  const { children } = await race(program);
  Object.defineProperty(Provider, 'ctx', context ?? {});
  expect(children.size).toBeGreaterThan(1);
});
