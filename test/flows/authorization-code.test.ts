// An authorization code: once, soon, by whom it was made for. A second use ends what the first one gave, and nothing else.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson, type Person, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { attackBroken, inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

type Place = { program: Program; party: RelyingParty };

let program: Program;
let party: RelyingParty;
const clock = createClock();
const offline = { scope: 'openid email offline_access', prompt: 'consent' };

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

/** A code that nobody has redeemed yet. */
async function obtainCode(person: Person, params: Record<string, string> = {}, at: Place = { program, party }) {
  const { answer, verifier } = await at.party.begin(person.browser, params);
  const { code = '' } = at.party.readCallback(await goThrough(at.program, person, answer));
  return { code, verifier };
}

async function race(at: Place, begin = () => {}) {
  const { code, verifier } = await obtainCode(meetPerson(at.program), offline, at);
  begin();
  const answers = await inParallel(50, () => at.party.redeem(code, verifier));
  return { winners: answers.filter(({ status }) => status === 200), losers: answers.filter(({ status }) => status !== 200) };
}

test('of fifty redemptions of one code in parallel at most one succeeds, and what it got is dead afterwards', async () => {
  const { winners, losers } = await race({ program, party });
  expect(winners.length).toBeLessThanOrEqual(1);
  expect(new Set(losers.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']));
  for (const { body } of winners) {
    expect((await party.userinfo(body.access_token)).status).toBe(401);
    expect((await party.refresh(body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  }
});

test('teeth: over a store without atomic marks, one code is redeemed many times', async () => {
  const { winners } = await attackBroken(async ({ program: broken, hold }) =>
    race({ program: broken, party: await createRelyingParty(broken.issuer) }, () => hold(50)),
  );
  expect(winners.length).toBeGreaterThan(1);
});

test('a code that is used again revokes what it gave, and only that: other browsers stay signed in, nobody consents anew', async () => {
  const person = meetPerson(program);
  const elsewhere = meetPerson(program, { email: person.email });
  const other = await signIn(program, party, { person: elsewhere, params: offline });
  clock.advance(31);
  const { tokens, code, verifier } = await signIn(program, party, { person, params: offline });
  expect((await party.userinfo(tokens.access_token)).status).toBe(200);

  const again = await party.redeem(code, verifier);
  expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect((await party.userinfo(tokens.access_token)).status).toBe(401);
  expect((await party.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');

  expect((await party.userinfo(other.tokens.access_token)).status).toBe(200);
  expect((await party.refresh(other.tokens.refresh_token ?? '')).status).toBe(200);
  expect(await party.silently(elsewhere.browser)).toHaveProperty('code');
  const { tokens: renewed } = await signIn(program, party, { person, params: { prompt: 'none' } });
  expect((await party.userinfo(renewed.access_token)).body).toMatchObject({ email: person.email });
});

test('a request without PKCE, or with a plain challenge, goes back with invalid_request, whatever the client', async () => {
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  for (const from of [party, spa]) {
    const { url } = from.request();
    const bare = new URL(url);
    bare.searchParams.delete('code_challenge');
    bare.searchParams.delete('code_challenge_method');
    expect(from.readCallback(await meetPerson(program).browser.open(bare.href))).toMatchObject({ error: 'invalid_request' });
    const { answer } = await from.begin(meetPerson(program).browser, { code_challenge_method: 'plain' });
    expect(from.readCallback(answer)).toMatchObject({ error: 'invalid_request' });
  }
  expect(party.metadata.code_challenge_methods_supported).toEqual(['S256']);
});

test('a wrong verifier, none, another redirect URI or another client get nothing, and the rightful client still does', async () => {
  const { code, verifier } = await obtainCode(meetPerson(program));
  const grant = { grant_type: 'authorization_code', code };
  const redirect_uri = clientMetadata.web.redirect_uris[0] ?? '';
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  const wrong = await Promise.all([
    party.redeem(code, 'a'.repeat(43)),
    party.token({ ...grant, redirect_uri }),
    party.token({ ...grant, redirect_uri: `${redirect_uri}/more`, code_verifier: verifier }),
    spa.token({ ...grant, redirect_uri, code_verifier: verifier }),
    party.redeem(`${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`, verifier),
  ]);
  for (const { status, body } of wrong) expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' });
  expect((await party.redeem(code, verifier)).status).toBe(200);
});

test('a code lives for sixty seconds', async () => {
  const person = meetPerson(program);
  const first = await obtainCode(person);
  clock.advance(58);
  expect((await party.redeem(first.code, first.verifier)).status).toBe(200);
  const second = await obtainCode(person);
  clock.advance(61);
  expect((await party.redeem(second.code, second.verifier)).body.error).toBe('invalid_grant');
});

test('an authorization response names its issuer (RFC 9207)', async () => {
  const { callback } = await signIn(program, party, { person: meetPerson(program) });
  expect(callback).toMatchObject({ iss: program.issuer });
});
