// Durable counters: rows whose value is a whole number, added to in one command.
import { byId, encodeMeta, idOf } from './documents.ts';
import { addVersion, forgetExpired, isAbsent, refuseAfter } from './pipelines.ts';
import type { RecordCollection } from './schema.ts';
import type { Target, WritingOptions } from './writing.ts';

export function openCounting(collection: RecordCollection, { now, maxTimeMS, deadlines }: WritingOptions) {
  return {
    async bump({ kind, key }: Target, by: number, expiresAt: number | undefined): Promise<number> {
      const end = encodeMeta({ expiresAt }).expiresAt ?? '$$REMOVE';
      const count = {
        value: { $add: [{ $ifNull: ['$value', 0] }, by] },
        version: addVersion,
        expiresAt: { $cond: [isAbsent, end, '$expiresAt'] },
      };
      const update = [refuseAfter(deadlines.next()), forgetExpired(new Date(now())), { $set: count }];
      const row = await collection.findOneAndUpdate({ _id: idOf(kind, key) }, update, {
        upsert: true,
        returnDocument: 'after',
        projection: { value: 1 },
        hint: byId,
        maxTimeMS,
      });
      return Number(row?.value);
    },
  };
}
