// Three real mongods on this machine that are one replica set: its primary can be told to step down, be killed, and come back.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import { findMongod } from './binaries.ts';
import { findFreePort } from './free-port.ts';
import { run } from './mongod-process.ts';

const patience = 60_000;

export type ReplicaSet = Awaited<ReturnType<typeof startReplicaSet>>;

/** `electionTimeoutMillis`: after how long a primary that is not heard of is replaced (config/replica-set.js sets it for operators). */
export async function startReplicaSet({ electionTimeoutMillis = 5000 } = {}) {
  const binary = findMongod();
  if (!binary) throw new Error('There is no mongod; .ci/run says where to get one');
  const ports = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
  const members = ports.map((port) => {
    const place = { folder: mkdtempSync(join(tmpdir(), 'latchkey-mongod-')), port, alone: false };
    return { address: `127.0.0.1:${port}`, place, server: run(binary, place) };
  });
  const addresses = members.map(({ address }) => address);
  const alone = addresses.map(
    (address) => new mongoose.mongo.MongoClient(`mongodb://${address}/?directConnection=true`, { serverSelectionTimeoutMS: patience }),
  );
  const client = new mongoose.mongo.MongoClient(`mongodb://${addresses.join(',')}/?replicaSet=test`, {
    serverSelectionTimeoutMS: patience,
  });

  async function findPrimary(): Promise<string> {
    const { primary } = await client.db('admin').command({ hello: 1 });
    return String(primary);
  }

  async function untilWhole(): Promise<void> {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      const status = await client.db('admin').command({ replSetGetStatus: 1 });
      const states = (status.members as { stateStr: string }[]).map(({ stateStr }) => stateStr).toSorted();
      if (states.join() === 'PRIMARY,SECONDARY,SECONDARY') return;
      await pause(50);
    }
    throw new Error('the replica set is not whole');
  }

  async function close(): Promise<void> {
    await Promise.all([...alone, client].map((each) => each.close()));
    await Promise.all(
      members.map(async ({ server, place }) => {
        if (server.exitCode === null && server.signalCode === null) {
          const ended = once(server, 'exit');
          server.kill('SIGKILL');
          await ended;
        }
        rmSync(place.folder, { recursive: true, force: true });
      }),
    );
  }

  try {
    const config = { _id: 'test', members: addresses.map((host, _id) => ({ _id, host })), settings: { electionTimeoutMillis } };
    // The set is made only while each of them answers.
    await Promise.all(alone.map((each) => each.db('admin').command({ hello: 1 })));
    await alone[0]!.db('admin').command({ replSetInitiate: config });
    await client.connect();
    await untilWhole();
  } catch (error) {
    await close();
    throw error;
  }

  return {
    client,
    urlOf: (database: string) => `mongodb://${addresses.join(',')}/${database}?replicaSet=test`,
    /** The primary hands over to another one, and is none for some seconds. */
    async stepDown(): Promise<void> {
      await client.db('admin').command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 5 });
    },
    /** SIGKILL; answers what starts it again. */
    async killPrimary(): Promise<() => Promise<void>> {
      const address = await findPrimary();
      const member = members.find((each) => each.address === address)!;
      const ended = once(member.server, 'exit');
      member.server.kill('SIGKILL');
      await ended;
      return async () => {
        member.server = run(binary, member.place);
        await untilWhole();
      };
    },
    findPrimary,
    close,
  };
}
