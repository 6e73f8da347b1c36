// `latchkey doctor` beside a running program, through proxies that change something on the way: each says which line fails, and why.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProgram, startChildProgram } from '../helpers/child-program.ts';
import { runBeside, runHere } from '../helpers/commands.ts';
import { certificate } from '../helpers/localhost-tls.ts';
import { startLyingProxy } from '../helpers/lying-proxy.ts';
import { startMailServer } from '../helpers/mail-server.ts';
import { startTwilioApi } from '../helpers/twilio-api.ts';

type Finding = { check: string; status: string; says: string; todo?: string };
type Options = Parameters<typeof startLyingProxy>[2];

const generous = 120_000;

/** A port that was free a moment ago, for a proxy whose address the program has to know before it starts. */
async function findPort(): Promise<number> {
  const probe = await startLyingProxy('http://localhost:1', {});
  await probe.close();
  return Number(new URL(probe.url).port);
}

function read({ code, out }: { code: number | null; out: string }) {
  const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: Finding[] };
  expect({ code, ok }).toEqual(checks.some(({ status }) => status === 'fail') ? { code: 1, ok: false } : { code: 0, ok: true });
  return Object.fromEntries(checks.map((finding) => [finding.check, finding])) as Record<string, Finding>;
}

describe('over http, on this machine', () => {
  let program: ChildProgram;
  let port: number;

  beforeAll(async () => {
    port = await findPort();
    program = await startChildProgram({ env: { ISSUER: `http://localhost:${port}` } });
  }, generous);
  afterAll(() => program.close());

  async function examine({
    lies = {},
    env = {},
    ...options
  }: Options & { lies?: Record<string, string | undefined>; env?: Record<string, string> } = {}) {
    const proxy = await startLyingProxy(program.url, lies, { port, ...options });
    try {
      return read(await runHere(['doctor', '--json'], program.surroundings({ LOG_LEVEL: 'silent', ...env })));
    } finally {
      await proxy.close();
    }
  }

  test('a deployment that is well has nothing to mend but what is only for trying out', async () => {
    const found = await examine();
    // How full this machine's disk is is no law.
    const bad = Object.values(found).filter(({ check, status }) => status !== 'ok' && check !== 'disk');
    expect(bad.map(({ check, status }) => `${check} ${status}`)).toEqual(['mail warn', 'texts warn']);
    expect(Object.keys(found)).toEqual([
      'settings',
      'store',
      'disk',
      'signing keys',
      'issuer',
      'deployment',
      'clock',
      'proxy',
      'mail',
      'texts',
    ]);
  });

  test('the host that a proxy names changes nothing', async () => {
    const found = await examine({ lies: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' } });
    expect([found.issuer?.status, found.proxy?.status]).toEqual(['ok', 'ok']);
  });

  /** Changes the values of one header. */
  const change =
    (name: string, edit: (value: string) => string): NonNullable<NonNullable<Options>['answers']> =>
    (headers) =>
      headers.map((text, index) => (index % 2 === 1 && headers[index - 1]?.toLowerCase() === name ? edit(text) : text));
  const drop =
    (name: string): NonNullable<NonNullable<Options>['answers']> =>
    (headers) =>
      headers.filter((_, index) => headers[index - (index % 2)]?.toLowerCase() !== name);

  const liars: [string, Parameters<typeof examine>[0], [string, RegExp]][] = [
    [
      'rewrites redirects',
      { answers: change('location', (value) => value.replace(/^\//, 'http://inside.example/')) },
      ['proxy', /Redirects lead to http:\/\/inside\.example/],
    ],
    ['drops cookies', { answers: drop('set-cookie') }, ['proxy', /cookie interaction does not arrive/]],
    [
      'moves cookies to another path',
      { answers: change('set-cookie', (value) => value.replace(/path=[^;]+/i, 'path=/app')) },
      ['proxy', /another path or a domain/],
    ],
    [
      'shows cookies to scripts',
      { answers: change('set-cookie', (value) => value.replace(/; httponly/i, '')) },
      ['proxy', /without HttpOnly/],
    ],
    [
      'gives cookies a domain',
      { answers: change('set-cookie', (value) => `${value}; domain=localhost`) },
      ['proxy', /another path or a domain/],
    ],
    ['lets pages be kept', { answers: change('cache-control', () => 'public, max-age=600') }, ['proxy', /come from a cache/]],
    ['answers from a cache', { answers: (headers) => [...headers, 'Age', '7'] }, ['proxy', /come from a cache/]],
    [
      'drops the content security policy',
      { answers: drop('content-security-policy') },
      ['proxy', /Content-Security-Policy does not arrive/],
    ],
    ['keeps cookies to itself', { lies: { cookie: undefined } }, ['proxy', /cookies don't come back/]],
    [
      'keeps the origin of forms to itself',
      { lies: { origin: undefined, 'sec-fetch-site': undefined } },
      ['proxy', /Origin does not arrive/],
    ],
    ['has another time', { answers: change('date', () => new Date(Date.now() - 60_000).toUTCString()) }, ['clock', /(59|60|61) s apart/]],
  ];

  test.each(liars)('a proxy that %s is found out', async (_, how, [check, words]) => {
    const found = await examine(how);
    expect(found[check]).toMatchObject({ status: 'fail', says: expect.stringMatching(words), todo: expect.any(String) });
  });

  test('an issuer that nobody listens at, or that somebody else is, is said to be so', async () => {
    const alone = read(await runHere(['doctor', '--json'], program.surroundings({ LOG_LEVEL: 'silent' })));
    expect(alone.issuer).toMatchObject({ status: 'fail', says: `Nothing listens at localhost:${port}.` });
    const other = await examine({ env: { ISSUER: program.url } });
    expect(other.issuer).toMatchObject({ status: 'fail', says: `It calls itself http://localhost:${port}, and not ${program.url}.` });
  });

  test(
    'with another store, or other secrets, it says that these are not what the nodes have',
    async () => {
      const elsewhere = await startChildProgram();
      try {
        const keys = await examine({ env: { DATABASE_URL: elsewhere.store.database.url } });
        expect(keys.deployment).toMatchObject({ status: 'fail', says: expect.stringContaining('another deployment') });
        const secrets = await examine({ env: { SECRETS_FILE: join(elsewhere.folder, 'secrets.json') } });
        expect(secrets['signing keys']).toMatchObject({ status: 'fail', todo: expect.stringContaining('SECRETS_FILE') });
        const nowhere = await examine({ env: { DATABASE_URL: 'sqlite:nowhere.db' } });
        expect(nowhere.store).toMatchObject({ status: 'fail', says: expect.stringMatching(/^There is no file .*nowhere\.db/) });
      } finally {
        await elsewhere.close();
      }
    },
    generous,
  );

  test('a store that others can read is said to be so', async () => {
    const file = join(program.folder, 'latchkey.db');
    chmodSync(file, 0o644);
    expect((await examine()).files).toMatchObject({ status: 'warn', todo: expect.stringContaining('chmod 600') });
    chmodSync(file, 0o600);
  });

  test('a file of secrets that others can read is said to be so', async () => {
    const env = { SECRETS_FILE: join(program.folder, 'secrets.json') };
    expect(await examine({ env })).not.toHaveProperty('secrets');
    chmodSync(env.SECRETS_FILE, 0o640);
    expect((await examine({ env })).secrets).toMatchObject({ status: 'warn', todo: `chmod 600 ${env.SECRETS_FILE}` });
    chmodSync(env.SECRETS_FILE, 0o600);
  });

  test('mail and texts are asked with their credentials, which are never told', async () => {
    const [mail, twilio] = await Promise.all([startMailServer({ password: 'right-password' }), startTwilioApi()]);
    const env = (password: string) => ({
      SMTP_URL: mail.url.replace('//', `//latchkey:${password}@`),
      MAIL_FROM: 'Latchkey <no-reply@id.invalid>',
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: '+15005550006',
      TWILIO_API_URL: twilio.url,
    });
    try {
      twilio.script({ status: 200, body: { status: 'active', type: 'Full' } }, { status: 401 });
      const well = await examine({ env: env('right-password') });
      expect([well.mail?.status, well.texts?.status, well['sender: SPF']?.status]).toEqual(['ok', 'ok', 'warn']);
      const wrong = await examine({ env: env('wrong-password') });
      expect([wrong.mail?.status, wrong.texts?.status]).toEqual(['fail', 'fail']);
      expect(JSON.stringify([well, wrong])).not.toMatch(/-password|twilio-token-of-a-test/);
    } finally {
      await Promise.all([mail.close(), twilio.close()]);
    }
  });

  test('for people each thing is a line, with what to do below it; wrong settings are the one thing there is', async () => {
    const { code, out } = await runHere(['doctor'], program.surroundings({ LOG_LEVEL: 'silent' }));
    expect(code).toBe(1);
    expect(out).toMatch(/^ok {4}settings +All are valid \(test\)\.$/m);
    expect(out).toMatch(/^fail {2}issuer +Nothing listens at localhost:\d+\.\n +→ See that DNS/m);
    const unset = read(await runHere(['doctor', '--json'], program.surroundings({ PORT: 'x' })));
    expect(unset).toEqual({ settings: expect.objectContaining({ status: 'fail', says: expect.stringContaining('server.port') }) });
    expect(await runHere(['doctor', 'now'], program.surroundings())).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^"now" is one argument too many\.\n\nUsage: latchkey doctor \[--json\]\n/),
    });
  });
});

describe('over https, behind a proxy', () => {
  let program: ChildProgram;
  let port: number;
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  const trusted = join(folder, 'localhost.pem');

  beforeAll(async () => {
    port = await findPort();
    writeFileSync(trusted, certificate);
    program = await startChildProgram({ env: { ISSUER: `https://localhost:${port}` } });
  }, generous);
  afterAll(async () => {
    await program.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** In a process of its own: which certificates are trusted is settled when that starts. */
  async function examine(options: Options = {}, trust: Record<string, string> = { NODE_EXTRA_CA_CERTS: trusted }) {
    const proxy = await startLyingProxy(program.url, {}, { port, tls: true, ...options });
    try {
      return read(await runBeside(['doctor', '--json'], program.surroundings(trust)));
    } finally {
      await proxy.close();
    }
  }

  test('all is well where the proxy only ends TLS', async () => {
    const found = await examine();
    expect(Object.values(found).filter(({ status }) => status === 'fail')).toEqual([]);
    expect(found.proxy).toMatchObject({ status: 'ok' });
  });

  test.each([
    ['Secure', (value: string) => value.replace(/; secure/i, ''), /without Secure/],
    ['the name’s prefix', (value: string) => value.replace(/^__Secure-/, ''), /__Secure-interaction does not arrive/],
  ])('a cookie that loses %s is found out', async (_, edit, words) => {
    const answers = (headers: string[]) =>
      headers.map((text, index) => (headers[index - 1]?.toLowerCase() === 'set-cookie' ? edit(text) : text));
    expect((await examine({ answers })).proxy).toMatchObject({ status: 'fail', says: expect.stringMatching(words) });
  });

  test('a proxy that drops Strict-Transport-Security is found out', async () => {
    const answers = (headers: string[]) => headers.map((text) => (text.toLowerCase() === 'strict-transport-security' ? 'x-dropped' : text));
    expect((await examine({ answers })).proxy).toMatchObject({
      status: 'fail',
      says: expect.stringContaining('Strict-Transport-Security'),
    });
  });

  test('a certificate that nobody trusts is said to be so', async () => {
    expect((await examine({}, {})).issuer).toMatchObject({
      status: 'fail',
      says: expect.stringMatching(/certificate of localhost:\d+ is not trusted/),
    });
  });
});
