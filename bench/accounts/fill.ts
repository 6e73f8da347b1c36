// Fills a store with people who were there before.
import type { KeyedRow, Kind } from '../../src/storage/port.ts';
import { openLoading } from './loading.ts';
import type { Multiply, Row } from './multiply.ts';

/** People of one batch; rows of one batch are in the order of their keys, which is the order of the index that they go into. */
const batch = 25_000;

export type Filling = { multiplied: Multiply; people: number; tell(done: number): void };

export async function fill(databaseUrl: string, { multiplied, people, tell }: Filling): Promise<void> {
  const { shared, rowsOf } = multiplied;
  const store = await openLoading(databaseUrl);
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
