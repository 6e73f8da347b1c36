// What is wrong at the program's other endpoints: programs get the protocol's errors, people a page, both a request id.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { badBodies } from '../helpers/bad-bodies.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRawClient, type RawAnswer } from '../helpers/raw-client.ts';
import { judge, readError, sound } from '../helpers/verdict.ts';

let program: Program;
let raw: ReturnType<typeof createRawClient>;

beforeAll(async () => {
  program = await startProgram({ registration: { enabled: true } });
  raw = createRawClient(program.url);
});
afterAll(async () => {
  raw.close();
  await program.close();
});

const open = (path: string, headers: Record<string, string> = {}) =>
  raw.send({ method: 'GET', path, headers: { accept: 'text/html', ...headers } });

describe('a program that sends what no program should', () => {
  const endpoints = ['token', 'introspect', 'revoke', 'par', 'userinfo'];
  const json = { accept: 'application/json' };

  async function post(path: string, what: string, headers: Record<string, string>): Promise<RawAnswer> {
    const { body, type, encoding } = badBodies[what]?.('x') ?? { body: '' };
    const request = new Request('http://localhost', { method: 'POST', body, headers: type === undefined ? {} : { 'content-type': type } });
    const sent = {
      ...headers,
      'content-type': request.headers.get('content-type') ?? '',
      ...(encoding && { 'content-encoding': encoding }),
    };
    return raw.send({ method: 'POST', path, headers: sent, body: await request.text() });
  }

  test.each(endpoints)('gets an error in JSON at /oidc/%s, whatever the body', async (name) => {
    for (const what of Object.keys(badBodies)) {
      const answer = await post(`/oidc/${name}`, what, json);
      expect({ what, ...judge(answer) }).toEqual({ what, ...sound });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(readError(answer.text)).toEqual(expect.stringMatching(/^[a-z_]+$/));
    }
  });

  test.each([...endpoints, 'device-authorization', 'register'])(
    'gets it at /oidc/%s whatever its library says that it accepts (RFC 6749, 5.2)',
    async (name) => {
      const ofJava = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2';
      for (const accept of ['*/*', 'text/html', ofJava]) {
        for (const what of ['nothing but the token', 'a compression that nobody knows']) {
          const answer = await post(`/oidc/${name}`, what, { accept });
          expect({ what, accept, ...judge(answer) }).toEqual({ what, accept, ...sound });
          expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
          expect(['invalid_request', 'invalid_token']).toContain(readError(answer.text));
        }
      }
    },
  );

  test.each(['Basic', 'Basic %%%', 'Basic d2Vi', 'Basic d2ViOng=', 'Bearer', 'Bearer x', 'Bearer a b', 'Digest x'])(
    'is not let in with "%s"',
    async (authorization) => {
      for (const name of endpoints) {
        const answer = await post(`/oidc/${name}`, 'nothing but the token', { ...json, authorization });
        expect({ name, ...judge(answer) }).toEqual({ name, ...sound });
        expect([400, 401]).toContain(answer.status);
      }
    },
  );
});

describe('an authorization request that can’t be answered is a page, and goes back to nobody', () => {
  const good = 'response_type=code&scope=openid&code_challenge=x&code_challenge_method=S256';
  test.each([
    '',
    'client_id=nobody',
    'client_id=web',
    'client_id=web&client_id=spa',
    'client_id[]=web',
    `client_id=web&redirect_uri=https%3A%2F%2Fevil.example%2F&${good}`,
    `client_id=web&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcallback%2F..%2F&${good}`,
    `client_id=%00&redirect_uri=%ff&${good}`,
    `client_id=${'x'.repeat(5000)}`,
  ])('%s', async (query) => {
    const answer = await open(`/oidc/authorize?${query}`);
    expect({ ...judge(answer), status: answer.status }).toEqual({ ...sound, status: 400 });
    expect(answer.headers.get('location')).toBeNull();
  });
});

test.each<[string, number]>([
  ['/', 200],
  ['//', 200],
  ['/%', 404],
  ['/%00', 404],
  ['/nowhere?x=%ff', 404],
  ['/interaction', 404],
  ['/interaction/%', 400],
  ['/interaction/%ff%fe/email', 400],
  ['/interaction/..%2f..%2foidc%2ftoken', 400],
  [`/interaction/${'x'.repeat(5000)}/code`, 400],
  ['/interaction/x/nowhere', 404],
  ['/oidc/nowhere', 404],
  ['/oidc/authorize/%', 400],
  ['/assets/', 404],
  ['/assets/%', 404],
  ['/assets/..%2f..%2fpackage.json', 404],
  ['/assets/latchkey.000000000000.css', 404],
  ['/dev/outbox/x', 404],
  ['/health', 404],
  ['/.well-known/nowhere', 404],
  ['http://elsewhere.example/oidc/jwks', 400],
])('GET %s is a page with status %i', async (path, status) => {
  const answer = await open(path);
  expect({ ...judge(answer), status: answer.status }).toEqual({ ...sound, status });
});

test.each(['/dev/outbox.json', '/health/live', '/health/ready', '/metrics', '/oidc/jwks', '/.well-known/openid-configuration'])(
  '%s takes no notice of a nonsensical query, and no method but its own',
  async (path) => {
    expect((await open(`${path}?to=%ff&to=b&to[x]=%00&__proto__[y]=z`)).status).toBe(200);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      const answer = await raw.send({ method, path, headers: { accept: 'text/html' }, body: 'x'.repeat(1_000_000) });
      expect({ method, ...judge(answer), status: answer.status }).toEqual({ method, ...sound, status: 404 });
    }
  },
);

test('headers that nobody sends change nothing', async () => {
  const odd: Record<string, string>[] = [
    { accept: ',;q=x' },
    { 'accept-language': `${'x-'.repeat(2000)}, *;q=2` },
    { 'accept-encoding': '*;q=0, x' },
    { cookie: `session=${'x'.repeat(4000)}; =; ;; device=%00; interaction` },
    { 'x-forwarded-for': '::::, unknown', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
    { host: 'evil.example' },
    { range: 'bytes=9-1', 'if-none-match': '*', 'if-modified-since': 'x' },
  ];
  for (const headers of odd) {
    const answer = await open('/nowhere', headers);
    expect({ headers, ...judge(answer), status: answer.status }).toEqual({ headers, ...sound, status: 404 });
    expect(answer.text).not.toContain('evil.example');
  }
});
