// Nodes that die at a write: some are always started ahead, so that a dead one is replaced at once. All answer behind one proxy.
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { generateSecrets } from '../../src/keys/generate.ts';
import { startMailServer } from './mail-server.ts';
import { readMessages } from './messages.ts';
import { startReverseProxy } from './reverse-proxy.ts';
import type { Servers } from './servers.ts';
import { startTwilioApi } from './twilio-api.ts';

const program = fileURLToPath(new URL('../failures/children/mortal-node.ts', import.meta.url));

/** How many are started ahead. */
const spares = 2;

type Mortal = { process: ChildProcess; url: string };

export type MortalNodes = Awaited<ReturnType<typeof startMortalNodes>>;

export async function startMortalNodes({ mongod, redis }: Servers, { broken = false } = {}) {
  const name = `mortal-${randomUUID()}`;
  const [mail, twilio, proxy] = await Promise.all([startMailServer(), startTwilioApi(), startReverseProxy({ checkMs: 60_000 })]);
  const { accountSid: twilioAccountSid, authToken: twilioAuthToken, url: twilioApiUrl } = twilio;
  const texts = { sms: 'twilio', twilioAccountSid, twilioAuthToken, twilioApiUrl, twilioFrom: '+15005550006' };
  const overrides = {
    database: { url: mongod.urlOf(name) },
    redis: { url: redis.url, prefix: `${name}:` },
    secrets: generateSecrets(),
    delivery: { email: 'smtp', smtpUrl: mail.url, from: 'Northwind ID <id@northwind.example>', ...texts },
    sending: { gapsSeconds: [1] },
    codes: { doubleSubmitSeconds: 1 },
  };
  const orders = JSON.stringify({ issuer: proxy.url, overrides, broken });
  /** Lines that nodes have said, dead ones too. */
  const said: string[] = [];
  const all = new Set<ChildProcess>();
  const ahead = Array.from({ length: spares }, start);
  let current = await ahead.shift()!;
  proxy.use(current.url);

  async function start(): Promise<Mortal> {
    const child = fork(program, [orders], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    all.add(child);
    let rest = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      said.push(...lines);
    });
    const failed = once(child, 'exit').then(() => Promise.reject(new Error('a node did not start')));
    const [port] = (await Promise.race([once(child, 'message'), failed])) as [number];
    failed.catch(() => undefined); // it will die, later
    return { process: child, url: `http://localhost:${port}` };
  }

  const isDead = ({ process: { exitCode, signalCode } }: Mortal) => exitCode !== null || signalCode !== null;

  return {
    said,
    host: readMessages(proxy.url, { mail, twilio }),
    /** The node dies right after so many writes from now. */
    async dieAfter(writes: number): Promise<void> {
      const noted = once(current.process, 'message');
      current.process.send(writes);
      await noted;
    },
    /** How many have died so far. */
    deaths: () => [...all].filter(({ signalCode }) => signalCode === 'SIGKILL').length,
    /** Puts a living node in the place of a dead one; the living one stays. */
    async replaceDead(): Promise<void> {
      if (!isDead(current)) return;
      ahead.push(start());
      current = await ahead.shift()!;
      proxy.use(current.url);
    },
    async close() {
      await Promise.allSettled(ahead);
      for (const child of all) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      await Promise.all([proxy.close(), mail.close(), twilio.close()]);
    },
  };
}
