// The origin is configuration: no name that a request brings gets into an answer, a cookie or a message.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createBrowser } from '../helpers/browser.ts';
import { startLyingProxy } from '../helpers/lying-proxy.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { requestRaw } from '../helpers/raw-request.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const evil = 'evil.example';
const lies = {
  host: evil,
  'x-forwarded-host': evil,
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '8443',
  'x-forwarded-prefix': `//${evil}`,
  'x-original-url': `https://${evil}/`,
  forwarded: `for=192.0.2.1;host=${evil};proto=https`,
};
let program: Program;
let party: RelyingParty;

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(() => program.close());

test('discovery names the issuer and nothing else, whatever Host and the forwarding headers say', async () => {
  const { status, text } = await requestRaw(program.url, '/.well-known/openid-configuration', lies);
  expect(status).toBe(200);
  expect(text).not.toContain(evil);
  const metadata = JSON.parse(text) as Record<string, unknown>;
  expect(metadata).toEqual(party.metadata);
  const urls = Object.values(metadata).filter((value) => typeof value === 'string' && value.startsWith('http'));
  expect(urls.filter((url) => !(url as string).startsWith(program.issuer))).toEqual([]);
});

test('a whole sign-in that is told lies about its host repeats none of them', async () => {
  const proxy = await startLyingProxy(program.url, lies);
  const from = await createRelyingParty(program.issuer, clientMetadata.web, proxy.url);
  const browser = createBrowser(proxy.url, { origin: program.issuer });
  const person = meetPerson(program, { browser });
  const { tokens } = await signIn(program, from, { person, params: { scope: 'openid email phone' } });
  expect(decodeJwt(tokens.id_token)).toMatchObject({ iss: program.issuer });
  await browser.open('/no/such/page');
  await browser.open('/interaction/none/email');
  await browser.open(from.request({ redirect_uri: 'http://127.0.0.1:9/unregistered' }).url);
  await browser.open(new URL(String(from.metadata.end_session_endpoint)).pathname);
  const answers = browser.answers().map(({ headers, text }) => JSON.stringify([...headers]) + text);
  expect(answers.length).toBeGreaterThan(12);
  expect(answers.filter((answer) => answer.includes(evil) || /;\s*secure/i.test(answer))).toEqual([]);
  await proxy.close();
  const messages = [...(await program.outbox(person.email)), ...(await program.outbox(person.phone ?? ''))];
  expect(messages).toHaveLength(2);
  expect(JSON.stringify(messages)).not.toContain(evil);
  expect(messages[1]?.text.split('\n').at(-1)).toMatch(/^@localhost #\d{6}$/);
});

test.each(['/', '/.well-known/openid-configuration', '/oidc/authorize?client_id=web', '/health/live', '/interaction/none/email'])(
  'an absolute request line is refused and not repeated: %s',
  async (path) => {
    for (const name of [evil, new URL(program.issuer).host]) {
      const { status, headers, text } = await requestRaw(program.url, `http://${name}${path}`, { host: name });
      expect(status).toBe(400);
      expect(headers + text).not.toContain(evil);
    }
  },
);

test('a path that looks like another host is no redirect to it', async () => {
  for (const target of [`//${evil}/`, `/\\${evil}`, `//${evil}/interaction/none`, `/interaction/%2f%2f${evil}`]) {
    const { status, headers } = await requestRaw(program.url, target, lies);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers).not.toMatch(/^location/im);
  }
});

test.each([
  ['in the name of another site, which leads here', { host: `${evil}:3000` }, 404],
  ['in the name of a site that begins as we do', { host: `localhost.${evil}` }, 404],
  ['for somebody behind a proxy', { 'x-forwarded-for': '192.0.2.1' }, 404],
  ['as this machine', { host: 'localhost:3000' }, 200],
  ['as its address', { host: '[::1]:3000' }, 200],
])('the messages of development are shown to this machine alone: asked %s', async (_, headers, status) => {
  for (const path of ['/dev/outbox.json', '/dev/outbox', '/metrics']) {
    expect([path, (await requestRaw(program.url, path, headers as Record<string, string>)).status]).toEqual([path, status]);
  }
});
