// A store that doesn't answer: pages say so with 503, nothing is sent or accepted meanwhile, and all heals by itself.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { openSwitchedStorage, type SwitchedStorage } from '../helpers/switched-storage.ts';

let store: SwitchedStorage;
let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  store = await openSwitchedStorage();
  program = await startProgram({}, { storage: store.storage });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  await program.close();
  await store.close();
});

/** What an answer of an outage must be: the status, when to come back, and for people a page with a way on. */
function describeOutage({ status, headers, text }: Pick<Answer, 'status' | 'headers' | 'text'>) {
  return {
    status,
    retry: Number(headers.get('retry-after')) > 0,
    words: text.includes('Signing in isn’t possible right now'),
    id: text.includes(headers.get('x-request-id') ?? 'none'),
  };
}
const outage = { status: 503, retry: true, words: true, id: true };

async function duringOutage<T>(work: () => Promise<T>): Promise<T> {
  store.switchOff();
  try {
    return await work();
  } finally {
    store.switchOn();
  }
}

const statusOf = async (path: string, init?: RequestInit) => (await fetch(program.url + path, init)).status;

describe('while the store does not answer', () => {
  test('discovery and keys are served, the process is alive and not ready', async () => {
    const paths = ['/.well-known/openid-configuration', '/oidc/jwks', '/health/live', '/health/ready'];
    const statuses = await duringOutage(() => Promise.all(paths.map((path) => statusOf(path))));
    expect(statuses).toEqual([200, 200, 200, 503]);
    expect(await statusOf('/health/ready')).toBe(200);
  });

  test('every page of a sign-in is a 503 that says when to come back, and so is a new request', async () => {
    const { browser, email } = meetPerson(program);
    await party.begin(browser);
    const { url } = browser.page;
    const { fields } = browser.findForm('/email');
    const base = url.replace('/email', '');
    const answers = await duringOutage(async () => [
      await browser.request(party.request().url),
      await browser.request(base),
      await browser.request(url),
      await browser.post(url, { ...fields, email }),
      await browser.post(`${base}/code`, { ...fields, code: '123456' }),
      await browser.post(`${base}/cancel`, fields),
    ]);
    expect(answers.map(describeOutage)).toEqual(answers.map(() => outage));
    // The page's way on is the sign-in itself.
    expect(answers[3]?.text).toContain(`href="${new URL(base).pathname}"`);
    expect((await browser.open(url)).status).toBe(200);
    expect(await program.outbox(email)).toEqual([]);
  });

  test('programs get a 503 with an error of the protocol, and their code and tokens work when it is over', async () => {
    const person = meetPerson(program);
    const { tokens } = await signIn(program, party, { person, params: { scope: 'openid email offline_access', prompt: 'consent' } });
    const { answer, verifier } = await party.begin(person.browser, { prompt: 'none' });
    const { code = '' } = party.readCallback(answer);
    const during = await duringOutage(async () => [
      await party.redeem(code, verifier),
      await party.refresh(tokens.refresh_token ?? ''),
      await party.userinfo(tokens.access_token),
    ]);
    expect(during.map(({ status, body }) => ({ status, error: body.error }))).toEqual(
      during.map(() => ({ status: 503, error: 'temporarily_unavailable' })),
    );
    expect((await party.redeem(code, verifier)).status).toBe(200);
    expect((await party.refresh(tokens.refresh_token ?? '')).status).toBe(200);
    expect((await party.userinfo(tokens.access_token)).status).toBe(200);
  });

  test('a right code is not accepted, costs no try, and is accepted when it is over', async () => {
    const { browser, email } = meetPerson(program);
    await party.begin(browser);
    await browser.submit('/email', { email });
    const code = await program.codeFor(email);
    const { url } = browser.page;
    const fields = { ...browser.findForm('/code').fields, code };
    const refused = await duringOutage(() => Promise.all(Array.from({ length: 20 }, () => browser.post(url, fields))));
    expect(refused.map(describeOutage)).toEqual(refused.map(() => outage));
    expect((await browser.follow(await browser.post(url, fields))).url).toMatch(/\/consent$/);
    expect(await program.outbox(email)).toHaveLength(1);
  });
});
