// The one collection of all kinds: its fields, its indexes, and how it shards.
import mongoose, { type Connection } from 'mongoose';
import type { Index } from '../port.ts';

/**
 * `_id` is `<kind>:<key>`: unique by nature, sharded or not, and all that an operation on one row needs to find its shard.
 * Sharded by `{ _id: 'hashed' }` the rows spread from the first one on, whatever a kind's keys look like; lists by an index ask every shard, and are rare.
 */
export type RecordDocument = {
  _id: string;
  /** JSON as text, opaque to the server (no deep document to walk, no operator to inject); a number as itself, because `bump` adds to it. */
  value: string | number;
  version: number;
  markedAt?: Date;
  /** Absent: lives for ever. */
  expiresAt?: Date;
} & Partial<Record<Index, string>>;

export const indexNames = ['account', 'client', 'uid', 'grant', 'userCode'] as const satisfies readonly Index[];

/** Of these a value is one row's own (two rows', while one takes the other's place): all rows of a value are few. */
const ownIndexes = ['uid', 'userCode'] as const satisfies readonly Index[];
export type OwnIndex = (typeof ownIndexes)[number];
export const isOwn = (index: Index): index is OwnIndex => (ownIndexes as readonly Index[]).includes(index);

/** How long an expired row lies at least. The server's clock may be ahead of a node's: what still lives there must never be cleaned up. */
const graceSeconds = 60;

const recordSchema = new mongoose.Schema<RecordDocument>(
  {
    _id: { type: String, required: true },
    value: { type: mongoose.Schema.Types.Mixed, required: true },
    version: { type: Number, required: true },
    markedAt: Date,
    expiresAt: Date,
    ...(Object.fromEntries(indexNames.map((name) => [name, String])) as Record<Index, typeof String>),
  },
  { collection: 'records', strict: 'throw', minimize: false, versionKey: false, autoIndex: false, autoCreate: false },
);

// A page of a list is one range of its index, in the order of the keys. Only rows that have the value are in it.
for (const name of indexNames) recordSchema.index({ [name]: 1, _id: 1 }, { name, partialFilterExpression: { [name]: { $exists: true } } });

// Cleans up, and decides nothing.
recordSchema.index({ expiresAt: 1 }, { name: 'expiresAt', sparse: true, expireAfterSeconds: graceSeconds });

/**
 * The driver's own collection, not the model's queries: documents are written by this folder alone, so that casting them would only cost
 * (a fifth of an operation's CPU).
 */
export type RecordCollection = mongoose.mongo.Collection<RecordDocument>;

/**
 * Makes what is missing; nodes that start at once may all do so. What is promised to be durable must not hang on a URL's query string:
 * the driver lets a URL's words win over a client's options, but not over a collection's.
 */
export async function openCollection(connection: Connection, wtimeoutMS: number): Promise<RecordCollection> {
  const model = connection.model('Record', recordSchema);
  await model.createIndexes();
  return connection
    .getClient()
    .db(connection.name)
    .collection<RecordDocument>(model.collection.collectionName, {
      // Acknowledged means: in the journals of a majority, which no failover takes back. Without `journal` the answer would wait for the journal's own pace.
      writeConcern: { w: 'majority', journal: true, wtimeoutMS },
      readPreference: 'primary',
      readConcern: { level: 'majority' },
      ignoreUndefined: true,
    });
}
