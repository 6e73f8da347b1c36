// What was refused can be found in the log by the reference of its answer, with the reason, and with nothing that was sent.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keepWords } from '../../src/protocol/refusals.ts';
import { type ChildProgram, startChildProgram } from '../helpers/child-program.ts';
import { meetPerson, goThrough } from '../helpers/person.ts';
import { clientMetadata } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

const { web } = clientMetadata;
let program: ChildProgram;
let party: RelyingParty;

beforeAll(async () => {
  program = await startChildProgram({ logLevel: 'info' });
  party = await createRelyingParty(program.issuer);
}, 60_000);
afterAll(() => program.close());

type Line = Record<string, unknown> & { msg: string };

/** The line of a refusal is written before its answer leaves, that of the request after. */
async function linesOf(requestId: string | null): Promise<Line[]> {
  const read = () =>
    program
      .readLog()
      .split('\n')
      .filter((line) => line.includes(String(requestId)))
      .map((line) => JSON.parse(line) as Line);
  for (let looks = 0; looks < 500 && !read().some(({ msg }) => msg === 'request'); looks += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return read();
}

async function askToken(fields: Record<string, string>, secret = web.client_secret): Promise<Response> {
  return fetch(String(party.metadata.token_endpoint), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`web:${secret}`).toString('base64')}` },
    body: new URLSearchParams(fields),
  });
}

async function getCode() {
  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser);
  return party.readCallback(await goThrough(program, person, answer)).code ?? '';
}

test.each<[string, () => Promise<Response>, object]>([
  [
    'a wrong secret',
    () => askToken({ grant_type: 'refresh_token', refresh_token: 'x' }, 'wrong'),
    { outcome: 'invalid_client', reason: /invalid secret/ },
  ],
  [
    'a wrong verifier',
    async () => {
      const [redirect_uri = ''] = web.redirect_uris;
      return askToken({ grant_type: 'authorization_code', code: await getCode(), redirect_uri, code_verifier: 'x'.repeat(43) });
    },
    { outcome: 'invalid_grant', reason: /code_verifier does not match/ },
  ],
  [
    'a code that is none',
    () =>
      askToken({
        grant_type: 'authorization_code',
        code: 'none',
        redirect_uri: 'http://127.0.0.1:9/callback',
        code_verifier: 'x'.repeat(43),
      }),
    { outcome: 'invalid_grant', reason: /authorization code not found/ },
  ],
])(
  '%s: the answer says little, the log says why, and whose it was',
  async (_, ask, { outcome, reason }: { outcome?: string; reason?: RegExp }) => {
    const answer = await ask();
    const said = JSON.stringify(await answer.json());
    expect(said).not.toMatch(reason ?? /./);
    const lines = await linesOf(answer.headers.get('x-request-id'));
    expect(lines).toMatchObject([
      { msg: 'request_refused', level: 30, endpoint: 'grant', client: 'web', outcome, reason: expect.stringMatching(reason ?? /./) },
      { msg: 'request', path: '/oidc/token', status: answer.status },
    ]);
  },
);

test.each([
  ['an app that is not known', { client_id: 'jane@example.com' }, { endpoint: 'authorization', outcome: 'invalid_client' }],
  ['another redirect URI', { redirect_uri: 'https://app.example/?jane@example.com' }, { client: 'web', outcome: 'invalid_redirect_uri' }],
])('a page that refuses %s has a reference that leads to the reason, and what was sent is not repeated', async (_, params, line) => {
  const answer = await fetch(party.request(params).url, { headers: { accept: 'text/html' } });
  const requestId = answer.headers.get('x-request-id');
  expect(await answer.text()).toContain(requestId);
  expect(await linesOf(requestId)).toMatchObject([
    { msg: 'request_refused', ...line },
    { msg: 'request', status: 400 },
  ]);
  expect(program.readLog()).not.toContain('jane@');
});

test('a page that is not there has a line, too', async () => {
  const answer = await fetch(`${program.url}/nowhere`, { headers: { accept: 'text/html' } });
  expect(await linesOf(answer.headers.get('x-request-id'))).toMatchObject([{ msg: 'request', level: 30, status: 404 }]);
});

test.each([
  ['could not parse: Unexpected token j, "jane@example.com" is not JSON', 'could not parse: Unexpected token j, … is not JSON'],
  ['code 123456 of +447400123456', 'code … of …'],
  [`token lkat_${'aB3'.repeat(12)} is no good`, 'token … is no good'],
  ['failed x5t#S256 verification of redirect_uri', 'failed x5t#S256 verification of redirect_uri'],
])('of %j stays %j', (reason, kept) => {
  expect(keepWords(reason)).toBe(kept);
});
