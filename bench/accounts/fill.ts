// Fills a store with people who were there before: in bulk, through the interface that copies of a store are made with.
import { mongo } from '../../src/config/schema/storage.ts';
import type { KeyedRow, Kind } from '../../src/storage/port.ts';
import { openMovable } from '../../src/storage/upkeep.ts';
import { type Multiply, type Row } from './multiply.ts';

/** People of one batch; rows of one batch are in the order of their keys, which is the order of the index that they go into. */
const batch = 5000;

export type Filling = { multiplied: Multiply; people: number; tell(done: number): void };

export async function fill(databaseUrl: string, { multiplied, people, tell }: Filling): Promise<void> {
  const { shared, rowsOf } = multiplied;
  const store = await openMovable({ databaseUrl, mongo: mongo.parse({}) }, Date.now, false);
  const load = async (rows: readonly Row[]) => {
    const byKind = Map.groupBy(rows, ({ kind }) => kind);
    const loads = [...byKind].map(([kind, ofKind]) => [kind, sortByKey(ofKind.map(({ row }) => row))] as [Kind, KeyedRow[]]);
    await Promise.all(loads.map(([kind, sorted]) => store.load(kind, sorted)));
  };
  try {
    await load(shared);
    for (let begun = 0; begun < people; begun += batch) {
      const rows: Row[] = [];
      for (let nth = begun; nth < Math.min(people, begun + batch); nth += 1) rows.push(...rowsOf(nth));
      await load(rows);
      tell(Math.min(people, begun + batch));
    }
  } finally {
    await store.close();
  }
}

const sortByKey = (rows: KeyedRow[]) => rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
