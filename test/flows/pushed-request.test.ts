// A pushed request (RFC 9126) is used once, however long its sign-in takes and whoever opens it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { goThrough, meetPerson } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const { client_id: client, client_secret: secret } = clientMetadata.web;
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

/** Pushes a request; answers where the browser opens it. */
async function push() {
  const { query, verifier } = party.request();
  const answer = await fetch(String(party.metadata.pushed_authorization_request_endpoint), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
    body: query,
  });
  expect(answer.status).toBe(201);
  const { request_uri: uri } = (await answer.json()) as { request_uri: string };
  return { url: `${String(party.metadata.authorization_endpoint)}?client_id=${client}&request_uri=${encodeURIComponent(uri)}`, verifier };
}

test.each([0, 70, 1000])(
  'two people who open one pushed request within its minute, and finish %i s later, get one code',
  async (seconds) => {
    const { url, verifier } = await push();
    const people = [meetPerson(program), meetPerson(program)];
    for (const { browser } of people) expect((await browser.open(url)).url).toMatch(/\/email$/);
    clock.advance(seconds);
    const codes: string[] = [];
    for (const person of people) {
      const last = await goThrough(program, person, person.browser.page).catch(() => person.browser.page);
      const code = new URL(last.location ?? last.url).searchParams.get('code');
      if (code) codes.push(code);
    }
    expect(codes).toHaveLength(1);
    expect((await party.redeem(codes[0] ?? '', verifier)).status).toBe(200);
  },
);

test('a pushed request that was used is refused, within its minute and after', async () => {
  const { url } = await push();
  const person = meetPerson(program);
  expect(party.readCallback(await goThrough(program, person, await person.browser.open(url)))).toHaveProperty('code');
  for (const seconds of [0, 61, 600]) {
    clock.advance(seconds);
    const again = await person.browser.open(url);
    expect([again.status, again.location]).toEqual([400, undefined]);
  }
});

test('a pushed request that nobody opened within its minute is refused', async () => {
  const { url } = await push();
  clock.advance(61);
  const late = await meetPerson(program).browser.open(url);
  expect(late.url).not.toMatch(/\/email$/);
  expect(late.status).toBe(400);
});
