// A database that is moved, or moved into: rows go out and come in exactly as they lie.
import type { KeyedRow, Kind, Movable } from '../port.ts';
import type { Calls } from './calls.ts';
import { alive, byId, encodeMeta, encodeValue, idOf, idsAfter } from './documents.ts';
import { openReading } from './reading.ts';
import type { RecordCollection, RecordDocument } from './schema.ts';

/** E11000: a row of this id is there. */
const duplicateKey = 11000;

export type MovingOptions = { collection: RecordCollection; calls: Calls; now: () => number; maxTimeMS: number };

export function openMoving({ collection, calls, now, maxTimeMS }: MovingOptions): Omit<Movable, 'close'> {
  const reading = openReading(collection, { now, maxTimeMS });

  /** An id that has expired is overwritten; where a row lives, the upsert collides with it. */
  function toReplacement(kind: Kind, { key, value, version, markedAt, expiresAt, indexes }: KeyedRow) {
    const marked = markedAt === undefined ? {} : { markedAt: new Date(markedAt) };
    const replacement: Omit<RecordDocument, '_id'> = {
      value: encodeValue(value),
      version,
      ...marked,
      ...encodeMeta({ indexes, expiresAt }),
    };
    const filter = { _id: idOf(kind, key), expiresAt: { $lte: new Date(now()) } };
    return { replaceOne: { filter, replacement, upsert: true, hint: byId } };
  }

  return {
    async kinds() {
      const kinds: Kind[] = [];
      // From one kind to the next: the ids of a kind end before its name and `;`.
      for (let after = ''; ; after = `${kinds.at(-1)};`) {
        const find = () => collection.findOne({ _id: { $gt: after } }, { sort: byId, hint: byId, projection: byId, maxTimeMS });
        const found = await calls.run(find);
        if (!found) return kinds;
        kinds.push(found._id.slice(0, found._id.indexOf(':')));
      }
    },

    count: (kind, time) =>
      calls.run(() => collection.countDocuments({ _id: idsAfter(kind, ''), ...alive(new Date(time)) }, { hint: byId, maxTimeMS })),

    read: (kind, page) => calls.run(() => reading.list(kind, 'all', page)),

    async load(kind, rows) {
      if (rows.length === 0) return;
      const replacements = rows.map((row) => toReplacement(kind, row));
      try {
        await calls.run(() => collection.bulkWrite(replacements, { ordered: false, maxTimeMS }));
      } catch (error) {
        if ((error as { code?: unknown }).code === duplicateKey) throw new Error(`A key of kind ${kind} is taken`, { cause: error });
        throw error;
      }
    },

    async remove(kind, key) {
      await calls.run(() => collection.deleteOne({ _id: idOf(kind, key) }, { hint: byId, maxTimeMS }));
    },
  };
}
