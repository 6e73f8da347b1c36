// "This phone number is already used": whoever proves another's number is never signed in by it and gets three ways on.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { allow, goThrough, meetPerson, type Person, proveEmail, provePhone, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { attackBroken } from '../helpers/race.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const both = { scope: 'openid email phone' };
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

/** Somebody new who proves the number of an account that is there already. */
async function meetConflict(params: Record<string, string> = both) {
  const owner = meetPerson(program);
  const { tokens } = await signIn(program, party, { person: owner, params: both });
  clock.advance(31);
  const person = meetPerson(program, { phone: owner.phone });
  const { verifier } = await party.begin(person.browser, params);
  await proveEmail(program, person);
  const page = await provePhone(program, person);
  return { owner, ownerSub: decodeJwt(tokens.id_token).sub, person, page, verifier };
}

async function redeem(callback: Awaited<ReturnType<typeof allow>>, verifier: string) {
  const { code = '' } = party.readCallback(callback);
  return (await party.userinfo((await party.redeem(code, verifier)).body.access_token)).body;
}

test('the page says so and nothing of the owner; nobody is signed in, and the owner is told by email', async () => {
  const { owner, person, page } = await meetConflict();
  expect(page.url).toMatch(/\/number-used$/);
  expect(page.text).toContain('This phone number is already used');
  expect(page.text).not.toContain(owner.email);
  expect(await party.silently(person.browser)).toMatchObject({ error: 'login_required' });
  for (let tries = 0; tries < 500 && (await program.outbox(owner.email)).length < 2; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const [, notice] = await program.outbox(owner.email);
  expect(notice?.text).toContain(person.phone?.slice(-3));
  expect(notice?.text).not.toContain(person.email);
});

test('a different number goes on', async () => {
  const { person, verifier, ownerSub } = await meetConflict();
  expect((await person.browser.submit('/different')).url).toMatch(/\/phone$/);
  const own = { ...person, phone: meetPerson(program).phone };
  expect((await provePhone(program, own)).url).toMatch(/\/consent$/);
  const claims = await redeem(await allow(own), verifier);
  expect(claims).toMatchObject({ email: own.email, phone_number: own.phone });
  expect(claims.sub).not.toBe(ownerSub);
});

test('going on without it works, and no phone claim is released', async () => {
  const { person, verifier, ownerSub } = await meetConflict();
  expect((await person.browser.submit('/decline', { choice: 'not_now' })).url).toMatch(/\/consent$/);
  expect(person.browser.page.text.replaceAll(' ', '')).not.toContain(person.phone);
  const claims = await redeem(await allow(person), verifier);
  expect(claims).toEqual({ sub: expect.any(String), email: person.email, email_verified: true });
  expect(claims.sub).not.toBe(ownerSub);
});

test('signing in with the other email ends in the owner’s account, without another text', async () => {
  const { owner, person, verifier, ownerSub } = await meetConflict();
  expect((await person.browser.submit('/restart')).url).toMatch(/\/email$/);
  const texts = (await program.outbox(owner.phone ?? '')).length;
  const callback = await goThrough(program, { ...owner, browser: person.browser }, person.browser.page);
  expect(await redeem(callback, verifier)).toMatchObject({ sub: ownerSub, email: owner.email, phone_number: owner.phone });
  expect(await program.outbox(owner.phone ?? '')).toHaveLength(texts);
});

test('where the client insists on a number, going on without is not offered nor taken', async () => {
  const claims = JSON.stringify({ userinfo: { phone_number: { essential: true } } });
  const { person, page } = await meetConflict({ scope: 'openid email', claims });
  expect(page.forms.some(({ action }) => action.endsWith('/decline'))).toBe(false);
  const csrf = person.browser.findForm('/different').fields.csrf ?? '';
  const forced = await person.browser.post(page.url.replace('/number-used', '/decline'), { csrf, choice: 'not_now' });
  expect(forced.status).toBe(403);
});

test('the page cannot be left by going back to the dispatcher, and a reload stays on it', async () => {
  const { person, page } = await meetConflict();
  for (const url of [page.url, page.url.replace('/number-used', ''), page.url.replace('/number-used', '/consent')]) {
    expect((await person.browser.open(url)).url).toMatch(/\/number-used$/);
  }
});

/** Two people who both hold the code for one number that is nobody's yet, and send it at once. */
async function raceForNumber(where: Program, begin = () => {}) {
  const from = await createRelyingParty(where.issuer);
  const first = meetPerson(where);
  const rivals: Person[] = [first, meetPerson(where, { phone: first.phone })];
  const codes: string[] = [];
  for (const [index, rival] of rivals.entries()) {
    await from.begin(rival.browser, both);
    await proveEmail(where, rival);
    await rival.browser.submit('/phone', { phone: first.phone ?? '' });
    codes.push(await where.codeFor(first.phone ?? '', index + 1));
    clock.advance(31);
  }
  begin();
  const pages = await Promise.all(rivals.map(({ browser }, index) => browser.submit('/code', { code: codes[index] ?? '' })));
  return pages.map(({ url }) => url.split('/').at(-1) ?? '').toSorted();
}

test('of two people who prove one number at the same time one gets it', async () => {
  expect(await raceForNumber(program)).toEqual(['consent', 'number-used']);
});

test('teeth: over a store without atomic inserts both get it', async () => {
  const pages = await attackBroken(({ program: broken, hold }) => raceForNumber(broken, () => hold(2)), { whole: false });
  expect(pages).toEqual(['consent', 'consent']);
});
