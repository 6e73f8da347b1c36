// The writes. Each is one command on one document (but `removeAll`), so that it can't happen by half; a condition is in the command's filter, never read before.
//
// The driver repeats a command once when the connection broke before the answer. That can't make two callers 'first', nor count twice:
// a repeated command carries the number of the first (retryable writes), and a server that has executed it answers what it answered then.
// What the server no longer knows is an error. Nothing here repeats a command by itself.
import type { Index, Kind, Mark, Meta } from '../port.ts';
import { alive, byId, encodeMeta, encodeValue, idOf, idsAfter } from './documents.ts';
import { addVersion, forgetExpired } from './pipelines.ts';
import { indexNames, type RecordCollection } from './schema.ts';

/** Which row, and, where it matters, which version of it. */
export type Target = { kind: Kind; key: string; version?: number };

/** E11000: a row of this id is there. */
const duplicateKey = 11000;

const replaceable = ['expiresAt', ...indexNames] as const;

export function openWriting(collection: RecordCollection, { now, maxTimeMS }: { now: () => number; maxTimeMS: number }) {
  return {
    /** The filter meets only an expired row, which is overwritten; where one lives, the upsert collides with its id. */
    async insert({ kind, key }: Target, value: unknown, meta?: Meta): Promise<boolean> {
      const filter = { _id: idOf(kind, key), expiresAt: { $lte: new Date(now()) } };
      const row = { value: encodeValue(value), version: 1, ...encodeMeta(meta) };
      try {
        await collection.replaceOne(filter, row, { upsert: true, hint: byId, maxTimeMS });
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code === duplicateKey) return false;
        throw error;
      }
    },

    async put({ kind, key }: Target, value: unknown, meta?: Meta): Promise<void> {
      // Literal: a value that begins with $ is text here, never an expression.
      const { expiresAt, ...indexes } = encodeMeta(meta);
      const fields = Object.fromEntries(Object.entries(indexes).map(([name, text]) => [name, { $literal: text }]));
      const row = {
        _id: '$_id',
        value: { $literal: encodeValue(value) },
        version: addVersion,
        markedAt: '$markedAt',
        expiresAt,
        ...fields,
      };
      const filter = { _id: idOf(kind, key) };
      await collection.updateOne(filter, [forgetExpired(new Date(now())), { $replaceWith: row }], { upsert: true, hint: byId, maxTimeMS });
    },

    async replace({ kind, key, version }: Target, value: unknown, meta?: Meta): Promise<boolean> {
      const fields = encodeMeta(meta);
      const $unset = Object.fromEntries(replaceable.filter((name) => fields[name] === undefined).map((name) => [name, true as const]));
      const update = { $set: { value: encodeValue(value), ...fields }, $unset, $inc: { version: 1 } };
      const filter = { _id: idOf(kind, key), version, ...alive(new Date(now())) };
      return (await collection.updateOne(filter, update, { hint: byId, maxTimeMS })).matchedCount === 1;
    },

    /** Marks what is unmarked and answers how the row was before: whoever sees it unmarked was the first. */
    async mark({ kind, key }: Target): Promise<Mark> {
      const time = new Date(now());
      const before = await collection.findOneAndUpdate(
        { _id: idOf(kind, key), ...alive(time) },
        [{ $set: { markedAt: { $ifNull: ['$markedAt', time] } } }],
        { returnDocument: 'before', projection: { markedAt: 1 }, hint: byId, maxTimeMS },
      );
      if (!before) return 'absent';
      return before.markedAt ? 'again' : 'first';
    },

    async remove({ kind, key, version }: Target): Promise<boolean> {
      const filter = { _id: idOf(kind, key), ...(version === undefined ? {} : { version }), ...alive(new Date(now())) };
      return (await collection.deleteOne(filter, { hint: byId, maxTimeMS })).deletedCount === 1;
    },

    async removeAll(kind: Kind, index: Index, value: string): Promise<number> {
      const filter = { [index]: value, _id: idsAfter(kind, ''), ...alive(new Date(now())) };
      return (await collection.deleteMany(filter, { hint: index, maxTimeMS })).deletedCount;
    },

    /**
     * Two commands, because the second decides nothing. The server's clock must agree that a row is over:
     * one node whose clock is wrong must not empty the store for all others.
     */
    async sweep(limit: number): Promise<number> {
      const over = { expiresAt: { $lte: new Date(now()) }, $expr: { $lte: ['$expiresAt', '$$NOW'] } };
      const found = await collection.find(over, { hint: 'expiresAt', projection: byId, limit, batchSize: limit + 1, maxTimeMS }).toArray();
      if (found.length === 0) return 0;
      const filter = { _id: { $in: found.map(({ _id }) => _id) }, ...over };
      return (await collection.deleteMany(filter, { hint: byId, maxTimeMS })).deletedCount;
    },
  };
}
