// A real MongoDB (a replica set of one, every write in its journal before it is acknowledged) and a real Redis, set as the documentation
// says, pinned beside the load.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import { findMongod, findRedis } from '../../test/helpers/binaries.ts';
import { findFreePort } from '../../test/helpers/free-port.ts';
import { meterOf } from '../contenders/process.ts';
import { storeCore } from '../cores.ts';
import type { Store } from './store.ts';

const patienceMs = 60_000;
const cacheGb = 2;

export type Servers = Store & {
  /** The URL of a database that stays while the servers do. */
  urlOf(database: string): string;
  /** Bytes on disk: rows, and their indexes. */
  sizeOf(database: string): Promise<{ rows: number; indexes: number }>;
  close(): Promise<void>;
};

/** @throws where one of the two is not installed */
export async function startServers(): Promise<Servers> {
  const [mongodBinary, redisBinary] = [findMongod(), findRedis()];
  if (!mongodBinary || !redisBinary) throw new Error('--store mongo needs mongod and redis-server; .ci/run says where to get them');
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const [mongoPort, redisPort] = [await findFreePort(), await findFreePort()];
  const set = ['--replSet', 'bench', '--bind_ip', '127.0.0.1', '--port', String(mongoPort), '--nounixsocket'];
  const size = ['--wiredTigerCacheSizeGB', String(cacheGb), '--oplogSize', '1024'];
  const mongod = run(mongodBinary, [...set, ...size, '--dbpath', folder, '--logpath', join(folder, 'mongod.log')]);
  const kept = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction', '--save', ''];
  const redis = run(redisBinary, ['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', folder, ...kept]);
  const address = `127.0.0.1:${mongoPort}`;
  const client = new mongoose.mongo.MongoClient(`mongodb://${address}/?directConnection=true`, { serverSelectionTimeoutMS: patienceMs });

  async function close() {
    await client.close();
    await Promise.all([mongod.kill(), redis.kill()]);
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await client.db('admin').command({ replSetInitiate: { _id: 'bench', members: [{ _id: 0, host: address }] } });
    await until(async () => (await client.db('admin').command({ hello: 1 })).isWritablePrimary === true);
    await until(() => isOpen(redisPort));
  } catch (error) {
    await close();
    throw error;
  }

  const urlOf = (database: string) => `mongodb://${address}/${database}?replicaSet=bench`;
  return {
    title: 'MongoDB + Redis',
    meters: { mongod: meterOf(mongod.pid), redis: meterOf(redis.pid) },
    choose() {
      const name = `bench-${randomUUID()}`;
      return {
        env: { DATABASE_URL: urlOf(name), REDIS_URL: `redis://127.0.0.1:${redisPort}` },
        settings: { redis: { prefix: `${name}:` } },
      };
    },
    urlOf,
    async sizeOf(database) {
      await client.db('admin').command({ fsync: 1 });
      const { storageSize, totalIndexSize } = await client.db(database).command({ collStats: 'records' });
      return { rows: storageSize, indexes: totalIndexSize };
    },
    close,
  };
}

function run(binary: string, args: string[]) {
  const server = spawn('taskset', ['-c', String(storeCore), binary, ...args], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  return {
    pid: server.pid!,
    async kill() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('a database does not start');
    await pause(20);
  }
}

function isOpen(port: number): Promise<boolean> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
