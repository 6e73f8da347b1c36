// The program as operators run it: a process of its own (bin/latchkey.js serve) over a store of its own, which can be killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientMetadata, readOutbox } from './program.ts';
import { nameStore, type NamedStore } from './store.ts';
import { patientTimeouts } from './timeouts.ts';

const bin = fileURLToPath(new URL('../../bin/latchkey.js', import.meta.url));

/** Seconds that a start may take here: five times what it may take anywhere. */
const patience = 25;

export type ChildProgram = Awaited<ReturnType<typeof startChildProgram>>;

/** `store`: one that others share; otherwise it is its own. `env`: what its environment says beside or instead of what it says here. */
type Options = {
  logLevel?: string;
  config?: { redis?: object; [group: string]: object | undefined };
  store?: NamedStore;
  env?: Record<string, string>;
};

export async function startChildProgram({ logLevel = 'warn', config = {}, store: shared, env: given = {} }: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  const log = join(folder, 'log.jsonl');
  const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
  write('clients.json', Object.values(clientMetadata));
  const store = shared ?? nameStore(join(folder, 'latchkey.db'));
  write('config.json', {
    ...config,
    mongo: { ...patientTimeouts.mongo, ...config.mongo },
    redis: { ...patientTimeouts.redis, ...config.redis, prefix: store.redis.prefix },
  });
  let child: ChildProcess;

  // Nothing of this process's environment but what a program needs to run at all.
  const environment = (port: number, more: Record<string, string> = {}) => ({
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    PORT: String(port),
    DATABASE_URL: store.database.url,
    ...(store.redis.url && { REDIS_URL: store.redis.url }),
    CLIENTS_FILE: join(folder, 'clients.json'),
    CONFIG_FILE: join(folder, 'config.json'),
    LOG_LEVEL: logLevel,
    ...given,
    ...more,
  });

  async function start(port: number): Promise<number> {
    const lengthBefore = readLog().length;
    const out = openSync(log, 'a');
    child = spawn(process.execPath, [bin, 'serve'], { cwd: folder, env: environment(port), stdio: ['ignore', out, out] });
    closeSync(out);
    const deadline = performance.now() + patience * 1000;
    for (;;) {
      const said = readLog().slice(lengthBefore);
      const listening = /listens on port (\d+)/.exec(said)?.[1];
      if (listening && (await isReady(`http://localhost:${listening}`))) return Number(listening);
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`the program did not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  function readLog(): string {
    return readFileSync(log, { encoding: 'utf8', flag: 'a+' });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  const port = await start(0);
  const url = `http://localhost:${port}`;

  return {
    url,
    issuer: given.ISSUER ?? url,
    folder,
    store,
    readLog,
    ...readOutbox(url),
    /** What an operator types beside it has its settings, and `more` of them. */
    surroundings: (more: Record<string, string> = {}) => ({ cwd: folder, env: environment(port, more) }),
    kill: () => end('SIGKILL'),
    /** SIGTERM, and until it has ended; answers its exit code. */
    async stop(): Promise<number | null> {
      await end('SIGTERM');
      return child.exitCode;
    },
    /** On the same port, store and secrets; answers after how many milliseconds it was ready. */
    async restart(): Promise<number> {
      const before = performance.now();
      await start(port);
      return performance.now() - before;
    },
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
  return answer?.status === 200;
}
