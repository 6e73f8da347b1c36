// Several requests of one session that each need a new grant: they take the same, and every code of theirs works.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';
import { openTestStorage } from '../helpers/store.ts';
import type { Storage } from '../../src/storage/port.ts';

let storage: Storage;

beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.close());

async function onProgram<T>(over: Storage, work: (program: Program, party: RelyingParty) => Promise<T>): Promise<T> {
  const program = await startProgram({}, { storage: over });
  try {
    return await work(program, await createRelyingParty(program.issuer));
  } finally {
    await program.close();
  }
}

async function revoke(party: RelyingParty, { access_token: token }: Tokens): Promise<void> {
  const answer = await fetch(String(party.metadata.revocation_endpoint), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('web:web-secret-web-secret-web-secret-web-secret').toString('base64')}` },
    body: new URLSearchParams({ token }),
  });
  expect(answer.status).toBe(200);
}

/** Twenty tabs of somebody whose grant was revoked; answers the tokens of those whose code works. */
async function openTabs(program: Program, party: RelyingParty): Promise<Tokens[]> {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person });
  await revoke(party, tokens);
  const tabs = await inParallel(20, async () => {
    const { url, verifier } = party.request({ prompt: 'none' });
    return { code: party.readCallback(await person.browser.request(url)).code ?? '', verifier };
  });
  const answers = await Promise.all(tabs.map(({ code, verifier }) => party.redeem(code, verifier)));
  return answers.filter(({ status }) => status === 200).map(({ body }) => body);
}

test('twenty tabs that ask at once, just after a revocation, each get tokens that work', async () => {
  await onProgram(storage, async (program, party) => {
    const opened = await openTabs(program, party);
    expect(opened).toHaveLength(20);
    for (const { access_token: token } of opened) expect((await party.userinfo(token)).status).toBe(200);
  });
});

test('what they took is one grant: revoked at one of them, it is over for all, and the next one is another', async () => {
  await onProgram(storage, async (program, party) => {
    const [one, ...others] = await openTabs(program, party);
    if (one) await revoke(party, one);
    for (const { access_token: token } of others) expect((await party.userinfo(token)).status).toBe(401);
    expect(await openTabs(program, party)).toHaveLength(20);
  });
});

test('teeth: over a store where each of them is told that it was first, some get a code that is worth nothing', async () => {
  const { add } = storage.expiring;
  const everybodyIsFirst: typeof add = async (...args) => (await add(...args)) || true;
  const broken: Storage = { ...storage, expiring: { ...storage.expiring, add: everybodyIsFirst } };
  expect((await onProgram(broken, openTabs)).length).toBeLessThan(20);
});
