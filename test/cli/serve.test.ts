// The whole program as a process: what a first start prints, that its URLs answer, and how it stops.
import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { makeFolder, productionEnv } from '../config/folder.ts';
import { runHere } from '../helpers/commands.ts';
import { findFreePort } from '../helpers/free-port.ts';

const root = join(import.meta.dirname, '../..');
const folder = makeFolder();
const running = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all([...running].map(stop));
});

/** Starts the program in an empty folder, and waits for the line that says that it listens. */
async function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [join(root, 'bin/latchkey.js'), 'serve'], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'silent', DATABASE_URL: 'sqlite::memory:', ...env },
  });
  running.add(child);
  const printed = { text: '' };
  child.stderr.on('data', (chunk) => (printed.text += chunk));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`ended: ${printed.text}`)));
    child.stdout.on('data', (chunk) => {
      printed.text += chunk;
      if (/listens on port .*\n/.test(printed.text)) resolve();
    });
  });
  const find = (what: string) => new RegExp(`${what} +(http\\S+)`).exec(printed.text)?.[1] ?? '';
  return { child, printed, issuer: find('Issuer'), outbox: find('Outbox with the codes'), example: find('Example app to sign in to') };
}

async function discover(issuer: string): Promise<Record<string, string>> {
  return (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<string, string>;
}

async function stop(child: ChildProcess) {
  running.delete(child);
  if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  return child.exitCode;
}

describe('a first start in development', () => {
  test('prints three URLs, and all of them answer', async () => {
    const { issuer, outbox, example, child } = await start({ PORT: '0' });
    expect(outbox).toBe(`${issuer}/dev/outbox`);
    expect((await discover(issuer)).issuer).toBe(issuer);
    expect((await fetch(outbox)).status).toBe(200);
    expect((await fetch(example)).status).toBe(200);
    expect(await stop(child)).toBe(0);
  });

  test('sends people from the example app to the provider, which takes them though the port is another', async () => {
    const { issuer, example } = await start({ PORT: '0' });
    const away = await fetch(`${example}/sign-in`, {
      method: 'POST',
      headers: { origin: example },
      body: new URLSearchParams({ request: 'everything' }),
      redirect: 'manual',
    });
    const authorize = new URL(away.headers.get('location') ?? '');
    expect(authorize.origin).toBe(issuer);
    const answer = await fetch(authorize, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(new URL(answer.headers.get('location') ?? '', issuer).pathname).toMatch(/^\/interaction\//);
  });

  test('goes on without the example app where FAPI 2.0 is asked for, and says so once', async () => {
    const { printed, example, issuer } = await start({ PORT: '0', PROFILE: 'fapi2' });
    expect(printed.text.match(/The example app is left out/g)).toHaveLength(1);
    expect(example).toBe('');
    expect((await discover(issuer)).issuer).toBe(issuer);
  });

  test('is what the doctor sees, whatever the port', async () => {
    const env = { PORT: String(await findFreePort()), DATABASE_URL: 'sqlite:doctored/latchkey.db', LOG_LEVEL: 'silent' };
    const { child } = await start(env);
    const { out } = await runHere(['doctor', '--json'], { cwd: folder.path, env });
    await stop(child);
    const { checks } = JSON.parse(out) as { checks: { check: string; status: string }[] };
    expect(checks.find(({ check }) => check === 'proxy')).toMatchObject({ status: 'ok' });
  });

  test('goes on without the example app where its port is taken', async () => {
    const port = await findFreePort();
    const other = createServer().listen(port + 1, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { printed, example, issuer } = await start({ PORT: String(port) });
      expect(printed.text).toMatch(/The example app does not run: .*EADDRINUSE/);
      expect(example).toBe('');
      expect((await fetch(`${issuer}/health/live`)).status).toBe(200);
    } finally {
      other.close();
    }
  });
});

test('production prints neither outbox nor example', async () => {
  const CONFIG_FILE = folder.write('config.json', { server: { unreadySeconds: 0 } });
  const { printed, child } = await start({ ...productionEnv, CONFIG_FILE, PORT: '0' });
  expect(printed.text).toMatch(/^Latchkey listens on port \d+ as https:\/\/id\.example\.com \(production\)\.\n$/);
  expect(await stop(child)).toBe(0);
});

test('the clients of config/clients.example.json are ones that the provider takes', async () => {
  const { issuer } = await start({ PORT: '0', CLIENTS_FILE: join(root, 'config/clients.example.json') });
  const { authorization_endpoint } = await discover(issuer);
  for (const [client_id, redirect_uri] of [
    ['shop', 'https://shop.example.com/callback'],
    ['dashboard', 'https://dashboard.example.com/callback'],
  ] as const) {
    const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
    const query = new URLSearchParams({ client_id, redirect_uri, scope: 'openid email', response_type: 'code', ...pkce });
    const { status } = await fetch(`${authorization_endpoint}?${query}`, { redirect: 'manual' });
    expect([client_id, status]).toEqual([client_id, 303]);
  }
});
