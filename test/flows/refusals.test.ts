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

/** Of an answer, as soon as there are as many. */
async function linesOf(requestId: string | null, count = 1): Promise<Line[]> {
  const read = () =>
    program
      .readLog()
      .split('\n')
      .filter((line) => line.includes(String(requestId)))
      .map((line) => JSON.parse(line) as Line);
  for (let looks = 0; looks < 500 && read().length < count; looks += 1) await new Promise((resolve) => setTimeout(resolve, 10));
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
  expect(await linesOf(requestId, 2)).toMatchObject([
    { msg: 'request_refused', ...line },
    { msg: 'dead end', level: 30, status: 400 },
  ]);
  expect(program.readLog()).not.toContain('jane@');
});

test('what cannot be parsed is not quoted, though the parser does', async () => {
  const { url } = party.request({ claims: '{"userinfo":{"email":{"value":ada.lovelace' });
  const answer = await fetch(url, { redirect: 'manual' });
  expect(answer.headers.get('location')).toContain('error=invalid_request');
  const [line] = await linesOf(answer.headers.get('x-request-id'));
  expect(line).toMatchObject({
    msg: 'request_refused',
    client: 'web',
    outcome: 'invalid_request',
    reason: expect.stringContaining('claims'),
  });
  expect(JSON.stringify(line)).not.toContain('ada');
});

test('an answer that belongs to how things are done has no line', async () => {
  const { answer } = await party.begin(meetPerson(program).browser, { prompt: 'none' });
  expect(party.readCallback(answer)).toMatchObject({ error: 'login_required' });
  await (await fetch(`${program.url}/nowhere`)).text();
  expect(program.readLog()).not.toContain('login_required');
});

test('a page that is not there has a line, too', async () => {
  const answer = await fetch(`${program.url}/nowhere`, { headers: { accept: 'text/html' } });
  expect(await linesOf(answer.headers.get('x-request-id'))).toMatchObject([{ msg: 'dead end', code: 'not_found', level: 30, status: 404 }]);
});

test.each([
  ['could not parse: Unexpected token j, "jane@example.com" is not JSON', 'could not parse: Unexpected token j, … is not JSON'],
  ['"123456" code=123456 "t_secret":hunterhunt" "lkrt_abcdefg" (123456)', '… … … … …'],
  [`${'x'.repeat(290)} ada.lovelace@example.com`, '… …'],
  ['code 123456 of +447400123456', 'code … of …'],
  [`token lkat_${'aB3'.repeat(12)} is no good`, 'token … is no good'],
  ['failed x5t#S256 verification of redirect_uri', 'failed x5t#S256 verification of redirect_uri'],
])('of %j stays %j', (reason, kept) => {
  expect(keepWords(reason)).toBe(kept);
});
