// A real Redis of one's own: on a free port, in a temporary folder, alone or as a Cluster of one node.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findRedis } from './binaries.ts';
import { findFreePort } from './free-port.ts';
import { freezeProcess } from './freeze.ts';

/** `replicaOf`: the port of the server that this one copies. `args`: more of Redis's own settings. */
export type RedisOptions = { cluster?: boolean; replicaOf?: number; args?: readonly string[] };

export type RedisServer = {
  port: number;
  url: string;
  /** Sends a command as words without spaces, and answers what comes back, as the protocol writes it. */
  ask(...words: string[]): Promise<string>;
  /** Dead at once, and all that was in it gone. */
  kill(): Promise<void>;
  /** Again on the same port. */
  start(): Promise<void>;
  /** Alive, but answers nothing: connections are still taken by the kernel. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

export async function startRedis({ cluster = false, replicaOf, args = [] }: RedisOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'));
  const [port, busPort] = await Promise.all([findFreePort(), findFreePort()]);
  let server: ChildProcess | undefined;

  async function start() {
    // A node that has met no other doesn't know its own address.
    const announced = ['--cluster-announce-ip', '127.0.0.1'];
    const clustered = cluster ? ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), ...announced] : [];
    const copying = replicaOf === undefined ? [] : ['--replicaof', '127.0.0.1', String(replicaOf), '--repl-diskless-sync-delay', '0'];
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    server = spawn(findRedis() ?? 'redis-server', [...settings, ...clustered, ...copying, ...args], { stdio: 'ignore' });
    server.once('error', () => undefined);
    // A test process that dies leaves no server behind.
    const killServer = () => void server?.kill('SIGKILL');
    process.once('exit', killServer);
    server.once('exit', () => process.off('exit', killServer));
    await waitFor(() => ask('PING'), /PONG|NOAUTH/);
    if (!cluster) return;
    // A node that comes back knows its slots from its file.
    if (/cluster_slots_assigned:0/.test(await ask('CLUSTER', 'INFO'))) await ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await waitFor(() => ask('CLUSTER', 'INFO'), /cluster_state:ok/);
  }

  const ask = (...words: string[]) => askRedis(port, words);

  async function kill() {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const dead = once(server, 'exit');
    server.kill('SIGKILL');
    await dead;
  }

  try {
    await start();
  } catch (error) {
    await kill();
    throw error;
  }
  return {
    port,
    url: `redis${cluster ? '+cluster' : ''}://127.0.0.1:${port}`,
    ask,
    kill,
    start,
    freeze: () => freezeProcess(server!.pid!),
    thaw: () => void server!.kill('SIGCONT'),
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One inline command on a connection of its own; QUIT ends it, so that the answer is whole. */
async function askRedis(port: number, words: string[]): Promise<string> {
  const socket = createConnection({ port, host: '127.0.0.1' }).setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => (answer += text));
  const ended = once(socket, 'close');
  socket.end(`${words.join(' ')}\r\nQUIT\r\n`);
  await ended;
  return answer.replace(/\+OK\r\n$/, '');
}

async function waitFor(attempt: () => Promise<string>, expected: RegExp): Promise<void> {
  const end = Date.now() + 20_000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      last = await attempt();
      if (expected.test(String(last))) return;
    } catch (error) {
      last = error;
    }
    await pause(20);
  }
  throw new Error(`redis-server did not start: ${String(last)}`);
}
