// oidc-client-ts, unmodified, in the single-page app of its guide, in Chromium: a public client of another site than the provider.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describeInChromium, launchChromium, watchForFaults } from '../helpers/chromium.ts';
import { createVisitor } from '../helpers/visitor.ts';
import { openSetUp, type SetUp } from './set-up.ts';

type Kept = { access_token: string; refresh_token: string; token_type: string; profile: Record<string, unknown> };

const read = (name: string) => readFileSync(fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url)));
const packages = {
  '/oidc-client-ts.js': read('oidc-client-ts/dist/esm/oidc-client-ts.js'),
  '/jwt-decode.js': read('jwt-decode/build/esm/index.js'),
};
const html = `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><body>
<script type="importmap">{"imports":{"oidc-client-ts":"/oidc-client-ts.js","jwt-decode":"/jwt-decode.js"}}</script>
<script type="module" src="/app.js"></script>`;

/** Static files alone, as a single-page app is served. */
async function serve(url: string, script: string): Promise<Server> {
  const scripts: Record<string, string | Buffer> = { ...packages, '/app.js': script };
  const server = createServer((request, response) => {
    const found = scripts[request.url ?? ''];
    response.writeHead(200, { 'content-type': found ? 'text/javascript' : 'text/html' }).end(found ?? html);
  });
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  return server;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** The same app under the provider's own name: another origin, but one site. */
const ofOneSite = (text: string) => text.replaceAll('http://127.0.0.1', 'http://localhost');

const alsoAtLocalhost = (app: string) => {
  const homes = [`${app}/`, `${ofOneSite(app)}/`];
  return { spa: { redirect_uris: homes, post_logout_redirect_uris: homes } };
};

describeInChromium('oidc-client-ts', () => {
  let browser: Browser;
  let setUp: SetUp;
  let script: string;

  beforeAll(async () => {
    [browser, setUp] = await Promise.all([launchChromium(), openSetUp('oidc-client-ts', alsoAtLocalhost)]);
    script = setUp.block('js');
  });
  afterAll(async () => {
    await browser?.close();
    await setUp?.close();
  });

  /** The app with these scripts, in a browser that has seen nothing. */
  async function withApp(code: string, act: (page: Page) => Promise<void>): Promise<void> {
    const [server, context] = await Promise.all([serve(setUp.app, code), browser.newContext({ locale: 'en-GB' })]);
    try {
      context.setDefaultTimeout(20_000);
      await act(await context.newPage());
    } finally {
      await context.close();
      await stop(server);
    }
  }

  async function signIn(page: Page, app = setUp.app): Promise<{ email: string }> {
    const visitor = createVisitor(setUp.program, page);
    await page.goto(app);
    await visitor.press('Sign in', /\/email$/);
    await visitor.typeEmail();
    await visitor.typeCode(await setUp.program.codeFor(visitor.email), /\/consent$/);
    await visitor.press('Allow', new RegExp(`^${app}/$`));
    await page.getByText(visitor.email).waitFor();
    return visitor;
  }

  /** What the library keeps of the person who is signed in. */
  const readKept = (page: Page) =>
    page.evaluate(() => {
      const stored = (globalThis as unknown as { sessionStorage: Record<string, string> }).sessionStorage;
      const [, value = ''] = Object.entries(stored).find(([name]) => name.startsWith('oidc.user:')) ?? [];
      return JSON.parse(value) as Kept;
    });

  async function refresh(page: Page): Promise<Kept> {
    const { access_token: before } = await readKept(page);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.waitForFunction(
      (old) => !JSON.stringify((globalThis as unknown as { sessionStorage: object }).sessionStorage).includes(old),
      before,
    );
    return readKept(page);
  }

  /** As the guide's second part changes the first. */
  const bind = () =>
    script.replace(/^ *loadUserInfo: .*$/m, setUp.block('js', 1)).replace('{ UserManager', '{ IndexedDbDPoPStore, UserManager');

  test.each([
    { how: 'its refresh token rotates', change: () => script, type: 'Bearer', rotates: true },
    { how: 'with DPoP its refresh token stays', change: bind, type: 'DPoP', rotates: false },
  ])('a person signs in, is refreshed silently, and signs out; $how', async ({ change, type, rotates }) => {
    await withApp(change(), async (page) => {
      const faults = watchForFaults(page);
      const { email } = await signIn(page);
      const first = await readKept(page);
      expect(first).toMatchObject({ token_type: type, profile: { email, email_verified: true } });
      const second = await refresh(page);
      const third = await refresh(page);
      expect(new Set([first, second, third].map((kept) => kept.access_token)).size).toBe(3);
      expect(new Set([first, second, third].map((kept) => kept.refresh_token)).size).toBe(rotates ? 3 : 1);
      expect(third.profile).toMatchObject({ sub: first.profile.sub, email });
      const visitor = createVisitor(setUp.program, page);
      await visitor.press('Sign out', /\/oidc\/sign-out/);
      await visitor.press('Sign out', new RegExp(`^${setUp.app}/`));
      await page.getByText('null').waitFor();
      await visitor.press('Sign in', /\/email$/);
      expect(faults).toEqual([]);
    });
  });

  test('without a refresh token it renews in a hidden frame, where app and provider are of one site', async () => {
    const code = ofOneSite(script.replace(' offline_access', '').replace(/^ *prompt: .*$/m, ''));
    await withApp(code, async (page) => {
      const faults = watchForFaults(page);
      await signIn(page, ofOneSite(setUp.app));
      const first = await readKept(page);
      expect(first).not.toHaveProperty('refresh_token');
      const second = await refresh(page);
      expect(second.profile).toMatchObject({ sub: first.profile.sub });
      expect(faults).toEqual([]);
    });
  });

  test('no page of another origin reads what the token, userinfo and revocation endpoints answer', async () => {
    await withApp(script, async (page) => {
      await signIn(page);
      const { access_token: token, refresh_token: refreshToken } = await readKept(page);
      const ask = () =>
        page.evaluate(
          async ([issuer, access, old]) => {
            const client = { client_id: 'spa' };
            const form = (fields: object) => ({ method: 'POST', body: new URLSearchParams({ ...client, ...fields }) });
            const answers = [
              fetch(`${issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${access}` } }),
              fetch(`${issuer}/oidc/token`, form({ grant_type: 'refresh_token', refresh_token: old })),
              fetch(`${issuer}/oidc/revoke`, form({ token: old })),
              fetch(`${issuer}/oidc/jwks`),
              fetch(`${issuer}/.well-known/openid-configuration`),
            ];
            return Promise.all(
              answers.map((answer) =>
                answer.then(
                  ({ status }) => status,
                  () => 'refused',
                ),
              ),
            );
          },
          [setUp.program.issuer, token, refreshToken] as const,
        );
      const elsewhere = await serve('http://127.0.0.1:0', '');
      try {
        await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`);
        expect(await ask()).toEqual(['refused', 'refused', 'refused', 200, 200]);
      } finally {
        await stop(elsewhere);
      }
    });
  });
});
