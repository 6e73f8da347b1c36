// kill -9 at any point: sessions and grants from before survive, no code is accepted twice, and a sign-in under way goes on.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { type ChildProgram, startChildProgram } from '../helpers/child-program.ts';
import { allow, goThrough, meetPerson, type Person, signIn } from '../helpers/person.ts';
import { clientMetadata } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

let program: ChildProgram;
let party: RelyingParty;

beforeAll(async () => {
  // Short pauses: a code from before a crash is soon an old one, and another can be asked for.
  program = await startChildProgram({ config: { codes: { doubleSubmitSeconds: 1 }, sending: { gapsSeconds: [1] } } });
  party = await createRelyingParty(program.issuer);
}, 60_000);
afterAll(() => program.close());

const offline = { scope: 'openid email offline_access', prompt: 'consent' };

async function crash(): Promise<void> {
  await program.kill();
  expect(await program.restart()).toBeLessThan(25_000);
}

test('sessions, refresh tokens, access tokens and clients from before a crash work after it', async () => {
  const person = meetPerson(program);
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  const { tokens } = await signIn(program, party, { person, params: offline });
  const { tokens: rotating } = await signIn(program, spa, { person, params: offline });
  const { body: rotated } = await spa.refresh(rotating.refresh_token ?? '');
  await crash();

  const { answer, verifier } = await party.begin(person.browser, { prompt: 'none' });
  const { code = '' } = party.readCallback(answer);
  expect((await party.redeem(code, verifier)).status).toBe(200);
  expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ email: person.email });
  const refreshed = await party.refresh(tokens.refresh_token ?? '');
  expect(refreshed.status).toBe(200);
  expect((await party.userinfo(refreshed.body.access_token)).status).toBe(200);
  expect((await spa.refresh(rotated.refresh_token ?? '')).status).toBe(200);
});

test('a sign-in that a crash interrupted is finished with the code that was sent before it', async () => {
  const person = meetPerson(program);
  const { verifier } = await party.begin(person.browser);
  await person.browser.submit('/email', { email: person.email });
  const sent = await program.codeFor(person.email);
  await crash();

  expect((await person.browser.submit('/code', { code: sent })).url).toMatch(/\/consent$/);
  const { code = '' } = party.readCallback(await allow(person));
  expect((await party.redeem(code, verifier)).status).toBe(200);
});

test('a code that was accepted before a crash is not accepted after it', async () => {
  const person = meetPerson(program);
  const begun = await party.begin(person.browser);
  await person.browser.submit('/email', { email: person.email });
  const codePage = person.browser.page;
  const { fields } = person.browser.findForm('/code');
  const sent = await program.codeFor(person.email);
  await person.browser.submit('/code', { code: sent });
  const { code = '' } = party.readCallback(await allow(person));
  expect((await party.redeem(code, begun.verifier)).status).toBe(200);
  await crash();

  const again = await person.browser.post(codePage.url, { ...fields, code: sent });
  expect({ status: again.status, ended: again.text.includes('This sign-in has ended') }).toEqual({ status: 400, ended: true });
  expect((await party.redeem(code, begun.verifier)).body.error).toBe('invalid_grant');

  // Nor in another sign-in of the same browser and address: its challenge, and so its code, is another one.
  await pause(1100);
  await party.begin(person.browser, { prompt: 'login' });
  await person.browser.submit('/email', { email: person.email });
  expect(await program.codeFor(person.email)).not.toBe(sent);
  const elsewhere = await person.browser.submit('/code', { code: sent });
  expect({ status: elsewhere.status, at: elsewhere.url.split('/').at(-1) }).toEqual({ status: 422, at: 'code' });
});

test('whatever moment a crash comes at, everybody under way goes on, with the same code or another one', async () => {
  const people = Array.from({ length: 6 }, () => meetPerson(program));
  const forms = await Promise.all(
    people.map(async ({ browser, email }) => {
      await party.begin(browser, { scope: 'openid email phone' });
      await browser.submit('/email', { email });
      return { url: browser.page.url, fields: { ...browser.findForm('/code').fields, code: await program.codeFor(email) } };
    }),
  );
  const answer = (at: number) => (people[at] as Person).browser.post(forms[at]?.url ?? '', forms[at]?.fields ?? {});
  const underWay = people.map((_, at) =>
    answer(at)
      .then(({ status }) => status)
      .catch(() => 'cut off'),
  );
  await pause(Math.random() * 30);
  await crash();
  const before = await Promise.all(underWay);
  expect(before.filter((status) => status !== 303 && status !== 'cut off')).toEqual([]);
  await pause(1100);

  for (const [at, person] of people.entries()) {
    let page = await person.browser.follow(await answer(at));
    // The code was used up, and its answer lost: that is said, and another one is a click away.
    const usedUp = page.status === 422;
    expect(page.text.includes('That code no longer works')).toBe(usedUp);
    expect(usedUp && before[at] !== 'cut off').toBe(false);
    if (usedUp) {
      await person.browser.submit('/resend');
      page = await person.browser.submit('/code', { code: await program.codeFor(person.email) });
    }
    expect(page.url).toMatch(/\/phone$/);
    expect(party.readCallback(await goThrough(program, person, page))).toHaveProperty('code');
  }
}, 60_000);
