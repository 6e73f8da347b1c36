// A guide of docs/relying-parties/libraries as its reader takes it: the registration and the program are cut out of the page and run,
// with nothing changed but ports, addresses and the secret. And a person who goes to and fro between the app and the provider.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Answer, createBrowser } from '../helpers/browser.ts';
import { findFreePort } from '../helpers/free-port.ts';
import { countEvents } from '../helpers/metrics.ts';
import { goThrough, meetPerson } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';

const guides = new URL('../../docs/relying-parties/libraries/', import.meta.url);

/** Milliseconds that an app may take to come up: at least five times what it takes. */
const patience = 20_000;

type Registered = { client_id: string; redirect_uris: string[] };

export type SetUp = Awaited<ReturnType<typeof openSetUp>>;

/** A provider that knows the guide's client, and the guide's own words. `more`: what else its registrations have, by client. */
export async function openSetUp(guide: string, more: (app: string) => Record<string, object> = () => ({})) {
  const page = readFileSync(new URL(`${guide}.md`, guides), 'utf8');
  const app = `http://127.0.0.1:${await findFreePort()}`;
  const secret = randomBytes(32).toString('hex');
  const adapt = (text: string, issuer: string) =>
    text
      .replaceAll('http://127.0.0.1:4000', app)
      .replaceAll('127.0.0.1:4000', new URL(app).host)
      .replaceAll(/\b4000\b/g, new URL(app).port)
      .replaceAll('http://localhost:3000', issuer)
      .replaceAll('GENERATE-ME-openssl-rand-hex-32', secret);
  const blocks = (language: string, issuer: string) =>
    [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => adapt(block, issuer));

  const registered = blocks('json', '')
    .flatMap((block) => JSON.parse(block) as Registered | Registered[])
    .map((client) => ({ ...client, ...more(app)[client.client_id] }));
  const program = await startProgram({
    clients: { registered },
    backChannelLogout: { allowedAddresses: ['127.0.0.1'], pollSeconds: 1, firstRetrySeconds: 1 },
  });

  return {
    program,
    app,
    environment: { ISSUER: program.issuer, CLIENT_SECRET: secret },
    /** The page's block in a language, the first or a later one. */
    block(language: string, index = 0): string {
      const found = blocks(language, program.issuer)[index];
      if (found === undefined) throw new Error(`${guide}.md has no block ${index} of ${language}`);
      return found;
    },
    close: () => program.close(),
  };
}

/** Starts a process, and waits until it answers at `url`. What it says comes with the error if it doesn't. */
export async function startApp(command: string[], options: { url: string; env?: NodeJS.ProcessEnv; cwd?: string }) {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  // A test process that dies leaves no app behind.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').finally(() => process.off('exit', kill));
  const deadline = performance.now() + patience;
  while (!(await fetch(options.url, { redirect: 'manual' }).catch(() => undefined))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`the app did not come up: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    said: () => said,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Somebody at the app, in a browser: it keeps the app's cookies and the provider's, and goes wherever it is sent. */
export function visit(program: Program, app: string) {
  const person = meetPerson(program);
  const atApp = createBrowser(app);

  async function goOn(first: Answer): Promise<Answer> {
    let answer = first;
    for (let hop = 0; answer.location !== undefined; hop += 1) {
      if (hop > 10) throw new Error(`sent to and fro, last to ${answer.location}`);
      const next = new URL(answer.location, answer.url);
      if (next.origin === app) answer = await atApp.open(next.href);
      else if (next.origin === program.issuer) answer = await atProvider(next.href);
      else throw new Error(`sent to ${next.href}`);
    }
    return answer;
  }

  async function atProvider(url: string): Promise<Answer> {
    const answer = await person.browser.open(url);
    const asksToSignOut = answer.location === undefined && answer.text.includes('/sign-out/confirm');
    return asksToSignOut ? person.browser.submit('/sign-out/confirm', { logout: 'yes' }) : goThrough(program, person, answer);
  }

  return {
    person,
    atApp,
    /** Opens a page of the app, and does whatever stands between. */
    open: async (path: string) => goOn(await atApp.open(new URL(path, app).href)),
    /** The page alone: where it sends the browser is not gone to. */
    peek: (path: string) => atApp.request(new URL(path, app).href),
    atProvider,
    follow: goOn,
    /** Until the app sends the browser away: where to. */
    goOnce: (path: string) => atApp.open(new URL(path, app).href),
    /** A request for a page that answers JSON. */
    async read(path: string): Promise<Record<string, unknown>> {
      const { text, status, url } = await goOn(await atApp.open(new URL(path, app).href));
      if (!text.startsWith('{')) throw new Error(`${url} answered ${status}: ${text.slice(0, 500)}`);
      return JSON.parse(text) as Record<string, unknown>;
    },
    /**
     * Signs out at the provider without a word to the app.
     * @returns how many milliseconds later the app, asked for `path`, knew nobody any more, and had acknowledged it
     */
    async signOutElsewhere(path: string): Promise<number> {
      const isKnown = async () => (await atApp.request(new URL(path, app).href)).status === 200;
      const countTold = () => countEvents([program], { type: 'logout_told' });
      if (!(await isKnown())) throw new Error(`nobody is signed in at ${path}`);
      await person.browser.open(`${program.issuer}/oidc/sign-out`);
      const [told, asked] = [await countTold(), performance.now()];
      await person.browser.submit('/sign-out/confirm', { logout: 'yes' });
      const forgotten = await waitUntil(async () => !(await isKnown()));
      await waitUntil(async () => (await countTold()) > told);
      return forgotten - asked;
    },
  };
}

/** Resolves when it is so; @returns when, by the test's clock. */
async function waitUntil(isSo: () => Promise<boolean>, ms = 10_000): Promise<number> {
  const deadline = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it did not come about within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now();
}
