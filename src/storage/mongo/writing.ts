// The writes. Each is one statement on one document (but `removeAll`), so that it can't happen by half; a condition is in its filter, never
// read before. Inserts and puts of one turn share a command.
//
// The driver repeats a command once when the connection broke before the answer. That can't make two callers 'first', nor count twice:
// a repeated command carries the number of the first (retryable writes), and a server that has executed it answers what it answered then.
// What the server no longer knows is an error. Nothing here repeats a command by itself.
// A command that the server comes to only after its caller has given up is refused (see deadlines.ts).
import type { Index, Kind, Mark, Meta, NewRow } from '../port.ts';
import type { Deadlines } from './deadlines.ts';
import { alive, byId, idOf, idsAfter } from './documents.ts';
import { gatherWrites, type Upsert, writeAll } from './gathered-writes.ts';
import { forgetExpired, refuseAfter, writeRow } from './pipelines.ts';
import type { RecordCollection } from './schema.ts';

export type WritingOptions = { now: () => number; maxTimeMS: number; deadlines: Deadlines };

/** Which row, and, where it matters, which version of it. */
export type Target = { kind: Kind; key: string; version?: number };

/** E11000: a row of this id is there. */
const isTaken = (error: unknown) => (error as { code?: unknown }).code === 11000;

export function openWriting(collection: RecordCollection, { now, maxTimeMS, deadlines }: WritingOptions) {
  const options = { hint: byId, maxTimeMS };
  const write = gatherWrites(collection, maxTimeMS);
  const begin = (time: Date) => [refuseAfter(deadlines.next()), forgetExpired(time)];

  /** The filter meets only an expired row, which is overwritten; where one lives, the upsert collides with its id. */
  function toInsert({ kind, key }: Target, value: unknown, meta?: Meta): Upsert {
    const time = new Date(now());
    return { filter: { _id: idOf(kind, key), expiresAt: { $lte: time } }, update: [...begin(time), writeRow(value, meta)] };
  }

  return {
    async insert(target: Target, value: unknown, meta?: Meta): Promise<boolean> {
      try {
        await write(toInsert(target, value, meta));
        return true;
      } catch (error) {
        if (isTaken(error)) return false;
        throw error;
      }
    },

    async insertInTurn(rows: readonly NewRow[]): Promise<number> {
      const upserts = rows.map(({ value, meta, ...target }) => toInsert(target, value, meta));
      const [failed] = await writeAll(collection, upserts, { ordered: true, maxTimeMS });
      if (!failed) return rows.length;
      const [place, error] = failed;
      if (!isTaken(error)) throw error;
      return place;
    },

    async put({ kind, key }: Target, value: unknown, meta?: Meta): Promise<void> {
      const update = [...begin(new Date(now())), writeRow(value, meta)];
      await write({ filter: { _id: idOf(kind, key) }, update });
    },

    async replace({ kind, key, version }: Target, value: unknown, meta?: Meta): Promise<boolean> {
      const time = new Date(now());
      const filter = { _id: idOf(kind, key), version, ...alive(time) };
      return (await collection.updateOne(filter, [...begin(time), writeRow(value, meta)], options)).matchedCount === 1;
    },

    /** Marks what is unmarked and answers how the row was before: whoever sees it unmarked was the first. */
    async mark({ kind, key }: Target): Promise<Mark> {
      const time = new Date(now());
      const before = await collection.findOneAndUpdate(
        { _id: idOf(kind, key), ...alive(time) },
        [...begin(time), { $set: { markedAt: { $ifNull: ['$markedAt', time] } } }],
        { returnDocument: 'before', projection: { markedAt: 1 }, ...options },
      );
      if (!before) return 'absent';
      return before.markedAt ? 'again' : 'first';
    },

    /** Removals know no deadline: what comes late was to go. */
    async remove({ kind, key, version }: Target): Promise<boolean> {
      const filter = { _id: idOf(kind, key), ...(version === undefined ? {} : { version }), ...alive(new Date(now())) };
      return (await collection.deleteOne(filter, options)).deletedCount === 1;
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
      return (await collection.deleteMany(filter, options)).deletedCount;
    },
  };
}
