// A real mongod: a replica set of one, in a folder of its own, that can be killed, stopped and started again.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import { findMongod } from './binaries.ts';
import { findFreePort } from './free-port.ts';
import { freezeProcess } from './freeze.ts';

const patience = 60_000;

/** `alone`: not even a replica set of one. */
export async function startMongod({ alone = false } = {}) {
  const binary = findMongod();
  if (!binary) throw new Error('There is no mongod; .ci/run says where to get one');
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-mongod-'));
  const port = await findFreePort();
  const address = `127.0.0.1:${port}`;
  const client = new mongoose.mongo.MongoClient(`mongodb://${address}/?directConnection=true`, { serverSelectionTimeoutMS: patience });
  const place = { folder, port, alone };
  let server = run(binary, place);

  async function untilPrimary() {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      // One that has just been killed may have taken a question with it.
      const hello = await client
        .db('admin')
        .command({ hello: 1 })
        .catch(() => undefined);
      if (hello?.isWritablePrimary) return;
      await pause(20);
    }
    throw new Error(`mongod is no primary:\n${readLog(folder)}`);
  }

  try {
    if (!alone) await client.db('admin').command({ replSetInitiate: { _id: 'test', members: [{ _id: 0, host: address }] } });
    await untilPrimary();
  } catch (error) {
    server.kill('SIGKILL');
    throw new Error(`mongod did not start:\n${readLog(folder)}`, { cause: error });
  }

  return {
    client,
    address,
    urlOf: (database: string) => `mongodb://${address}/${database}${alone ? '' : '?replicaSet=test'}`,
    /** SIGSTOP: it keeps its connections and answers nobody. SIGCONT: it goes on. */
    signal(name: 'SIGSTOP' | 'SIGCONT'): void {
      if (name === 'SIGSTOP' && server.pid !== undefined) freezeProcess(server.pid);
      else server.kill(name);
    },
    async kill() {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    /** Again on the same port and files. */
    async restart() {
      server = run(binary, place);
      await untilPrimary();
    },
    async close() {
      await client.close();
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, 'exit');
        server.kill('SIGKILL');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Mongod = Awaited<ReturnType<typeof startMongod>>;

export type Place = { folder: string; port: number; alone: boolean };

/** A process and nothing more: nobody has made it a member of a replica set yet. */
export function run(binary: string, { folder, port, alone }: Place): ChildProcess {
  const place = ['--dbpath', folder, '--logpath', join(folder, 'mongod.log'), '--logappend', '--nounixsocket'];
  const size = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64'];
  const args = [...(alone ? [] : ['--replSet', 'test']), '--bind_ip', '127.0.0.1', '--port', String(port), ...place, ...size];
  const server = spawn(binary, args, { stdio: 'ignore' });
  // A test process that dies leaves no server behind.
  const killServer = () => void server.kill('SIGKILL');
  process.once('exit', killServer);
  server.once('exit', () => process.off('exit', killServer));
  return server;
}

function readLog(folder: string): string {
  try {
    return readFileSync(join(folder, 'mongod.log'), 'utf8').slice(-2000);
  } catch {
    return '(no log)';
  }
}
