// Rows on their way into a store in bulk. The embedded store takes them through the interface that copies are made with. MongoDB would, too,
// but several times slower than its own bulk loading (no upserts, indexes made when all is there), which is what this does.
import mongoose from 'mongoose';
import { mongo } from '../../src/config/schema/storage.ts';
import { encodeMeta, encodeValue, idOf } from '../../src/storage/mongo/documents.ts';
import type { RecordDocument } from '../../src/storage/mongo/schema.ts';
import type { KeyedRow, Kind, Movable } from '../../src/storage/port.ts';
import { openMovable } from '../../src/storage/upkeep.ts';

export type Loading = Pick<Movable, 'load' | 'close'>;

export async function openLoading(databaseUrl: string): Promise<Loading> {
  if (databaseUrl.startsWith('sqlite:')) return openMovable({ databaseUrl, mongo: mongo.parse({}) }, Date.now, false);
  const client = await new mongoose.mongo.MongoClient(databaseUrl).connect();
  const collection = client.db().collection<RecordDocument>('records', { writeConcern: { w: 1 }, ignoreUndefined: true });
  return {
    async load(kind, rows) {
      await collection.insertMany(
        rows.map((row) => asDocument(kind, row)),
        { ordered: false },
      );
    },
    async close() {
      await client.close();
      // Whoever opens a store makes the indexes that are missing.
      await (await openMovable({ databaseUrl, mongo: mongo.parse({}) }, Date.now, true)).close();
    },
  };
}

function asDocument(kind: Kind, { key, value, version, markedAt, ...meta }: KeyedRow): RecordDocument {
  const marked = markedAt === undefined ? {} : { markedAt: new Date(markedAt) };
  return { _id: idOf(kind, key), value: encodeValue(value), version, ...marked, ...encodeMeta(meta) };
}
