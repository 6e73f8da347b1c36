// Writes of one row that are asked for at once are one command, in which each succeeds or fails by itself.
import mongoose from 'mongoose';
import { byId } from './documents.ts';
import { gather } from './gathering.ts';
import type { RecordCollection, RecordDocument } from './schema.ts';

const { MongoBulkWriteError, MongoServerError } = mongoose.mongo;

/** Writes the row if the filter finds it or nothing has its id. */
export type Upsert = { filter: mongoose.mongo.Filter<RecordDocument>; update: mongoose.mongo.BSON.Document[] };

type Asked = Upsert & PromiseWithResolvers<void>;

/** Resolves when the row is written; rejects with what the server said of this write, or of the whole command. */
export function gatherWrites(collection: RecordCollection, maxTimeMS: number): (upsert: Upsert) => Promise<void> {
  async function write(batch: Asked[]): Promise<ReadonlyMap<number, unknown>> {
    if (batch.length === 1) {
      const { filter, update } = batch[0]!;
      await collection.updateOne(filter, update, { upsert: true, hint: byId, maxTimeMS });
      return new Map();
    }
    return writeAll(collection, batch, { ordered: false, maxTimeMS });
  }

  const ask = gather<Asked>(async (batch) => {
    try {
      const errors = await write(batch);
      for (const [i, { resolve, reject }] of batch.entries()) {
        if (errors.has(i)) reject(errors.get(i));
        else resolve();
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  });

  return (upsert) => {
    const asked = { ...upsert, ...Promise.withResolvers<void>() };
    ask(asked);
    return asked.promise;
  };
}

/**
 * One command. `ordered`: nothing is written after the first that fails.
 * @returns what the server said of each write that failed, by its place. @throws what it said of the command as a whole
 */
export async function writeAll(
  collection: RecordCollection,
  upserts: readonly Upsert[],
  options: { ordered: boolean; maxTimeMS: number },
): Promise<ReadonlyMap<number, unknown>> {
  const operations = upserts.map(({ filter, update }) => ({ updateOne: { filter, update, upsert: true, hint: byId } }));
  try {
    await collection.bulkWrite(operations, options);
    return new Map();
  } catch (error) {
    return readErrors(error);
  }
}

/** By the place of a write in its command. @throws what is said of the command as a whole: nobody knows then what was written */
function readErrors(error: unknown): ReadonlyMap<number, unknown> {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const errors = [error.writeErrors].flat();
  if (errors.length === 0) {
    // The driver wraps what went wrong with the command, a broken connection for one.
    const wrapped: unknown = error.errorResponse;
    throw wrapped instanceof Error ? wrapped : error;
  }
  return new Map(errors.map(({ index, code, errmsg }) => [index, new MongoServerError({ code, errmsg })]));
}
