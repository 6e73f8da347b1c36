// The snippet of the relying parties' quick start runs as it is printed, but for its port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { client, openBareProvider } from './bare-provider.ts';
import { openBrowser } from './browser.ts';

const guide = new URL('../../docs/relying-parties/quick-start.md', import.meta.url);

test('the quick start’s snippet signs a person in, and refuses an answer that it did not ask for', async () => {
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  jest.spyOn(console, 'info').mockImplementation(() => {});
  const snippet = /```js\n(import[\s\S]*?)```/.exec(await readFile(guide, 'utf8'))![1]!;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const bare = await openBareProvider();
  bare.provide(url, 'my-app');
  const environment = { ...process.env, ISSUER: bare.issuer, CLIENT_SECRET: client.clientSecret };
  const app = spawn(process.execPath, ['--input-type=module', '--eval', snippet.replaceAll('4000', String(port))], {
    env: environment,
    stdio: 'inherit',
  });
  try {
    await answering(url);
    const browser = openBrowser();
    const consent = await browser.submit(await browser.open(url), { login: 'ana', password: 'any' });
    const signedIn = await browser.submit(consent, {});
    expect(JSON.parse(signedIn.text)).toEqual({ sub: 'ana', email: 'ana@example.com', email_verified: true });
    expect((await openBrowser().open(`${url}/callback?code=stolen&state=made-up`)).status).toBe(400);
  } finally {
    if (app.exitCode === null && app.kill()) await once(app, 'exit');
    await bare.close();
    jest.restoreAllMocks();
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    if (answer) return;
    await setTimeout(50);
  }
  throw new Error(`nobody answers on ${url}`);
}
