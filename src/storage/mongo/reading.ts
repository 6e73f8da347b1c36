// The reads: by key, and page by page.
import type { Index, KeyedRow, Kind, Page, Row } from '../port.ts';
import { alive, byId, decodeKeyedRow, decodeRow, idOf, idsAfter, isAlive } from './documents.ts';
import { gatherLists } from './gathered-lists.ts';
import { gatherReads } from './gathered-reads.ts';
import { isOwn, type RecordCollection, type RecordDocument } from './schema.ts';

export type Where = { index: Index; value: string } | 'all';

export function openReading(collection: RecordCollection, { now, maxTimeMS }: { now: () => number; maxTimeMS: number }) {
  const read = gatherReads(collection, maxTimeMS);
  const readOwn = gatherLists(collection, maxTimeMS);

  function toPage<V>(kind: Kind, found: RecordDocument[], limit: number): { rows: KeyedRow<V>[]; next?: string } {
    const rows = found.slice(0, limit).map((document) => decodeKeyedRow<V>(kind, document));
    return found.length > limit ? { rows, next: rows.at(-1)?.key } : { rows };
  }

  return {
    /** Nothing but ids are asked for; what has expired is turned away here. */
    async get<V>(kind: Kind, key: string): Promise<Row<V> | undefined> {
      const document = await read(idOf(kind, key));
      return document && isAlive(document, now()) ? decodeRow<V>(document) : undefined;
    },

    /** In the order of the keys: rows that are added meanwhile never push others onto a page twice, or off every page. */
    async list<V>(kind: Kind, where: Where, { limit, after = '' }: Page): Promise<{ rows: KeyedRow<V>[]; next?: string }> {
      if (where !== 'all' && isOwn(where.index) && after === '') {
        const found = await readOwn({ kind, index: where.index, value: where.value });
        const time = now();
        return toPage<V>(
          kind,
          found.filter((document) => isAlive(document, time)),
          limit,
        );
      }
      const ids = { _id: idsAfter(kind, after), ...alive(new Date(now())) };
      const [filter, hint] = where === 'all' ? [ids, byId] : [{ ...ids, [where.index]: where.value }, where.index];
      // One batch: the cursor is used up with the answer.
      const size = limit + 1;
      const found = await collection.find(filter, { hint, sort: byId, limit: size, batchSize: size + 1, maxTimeMS }).toArray();
      return toPage<V>(kind, found, limit);
    },
  };
}
