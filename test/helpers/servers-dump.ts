// Everything that a store on MongoDB and Redis holds, and what it was told to hold since the watch began: nothing deleted is missed.
import mongoose from 'mongoose';
import { Redis } from 'ioredis';
import type { NamedStore } from './store.ts';
import { watchRedis } from './redis-monitor.ts';
import type { Piece } from './store-dump.ts';

type Document = Record<string, unknown>;

/** Commands whose further words are only times: six digits there are milliseconds. */
const timing = new Set(['PTTL', 'PEXPIRE']);

export async function watchServers({ database, redis }: NamedStore) {
  const { url = '', prefix = '' } = redis;
  const name = new URL(database.url).pathname.slice(1);
  const client = await mongoose.mongo.MongoClient.connect(database.url);
  const expiring = new Redis(url);
  const said: string[] = [];
  const monitor = await watchRedis(url, (words) => {
    // What a script was given is said again by the commands that it runs.
    if (!words.some((word) => word.startsWith(prefix)) || /^eval/i.test(words[0] ?? '')) return;
    const kept = timing.has(words[0] ?? '') ? words.slice(0, 2) : words.filter((_word, at) => words[at - 1] !== 'PX');
    said.push(kept.join('\n'));
  });

  async function readCollections(): Promise<Piece[]> {
    const collections = await client.db(name).collections();
    const all = await Promise.all(
      collections.map(async (collection) => {
        const rows = (await collection.find().toArray()) as unknown as Document[];
        const kinds = rows.map(({ _id }) => ({ kind: String(_id).split(':')[0] }));
        return [...toColumns(collection.collectionName, rows), ...toColumns(collection.collectionName, kinds)];
      }),
    );
    return all.flat();
  }

  async function readKeys(): Promise<Piece[]> {
    const keys = await expiring.keys(`${prefix}*`);
    const values = await Promise.all(keys.map((key) => readKey(key)));
    return [toPiece('redis names', keys), toPiece('redis values', values.flat())];
  }

  async function readKey(key: string): Promise<Buffer[]> {
    return (await expiring.type(key)) === 'zset'
      ? expiring.zrangeBuffer(key, '0', '-1')
      : [(await expiring.getBuffer(key)) ?? Buffer.alloc(0)];
  }

  async function readHistory(): Promise<Piece[]> {
    const oplog = client.db('local').collection('oplog.rs');
    const entries = await oplog.find({ ns: { $regex: `^${name}\\.` } }).toArray();
    const written = entries.map(({ o, o2 }) => JSON.stringify([o, o2]));
    return [toPiece('oplog', written), toPiece('redis history', said)];
  }

  return {
    async read() {
      const [collections, keys, history] = await Promise.all([readCollections(), readKeys(), readHistory()]);
      return { history, columns: [...collections, ...keys] };
    },
    async stop() {
      monitor.stop();
      expiring.disconnect();
      await client.close();
    },
  };
}

function toColumns(place: string, rows: Document[]): Piece[] {
  const columns = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...columns].map((column) =>
    toPiece(
      `${place}.${column}`,
      rows.map((row) => toText(row[column])),
    ),
  );
}

const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

function toPiece(place: string, values: (string | Buffer)[]): Piece {
  return { place, bytes: Buffer.concat(values.flatMap((value) => [Buffer.from(value as string), Buffer.from('\n')])) };
}
