// Durable truth over the table of rows.
import type { DatabaseSync } from 'node:sqlite';
import type { Kind, Page, Records } from '../port.ts';
import type { Batches } from './batches.ts';
import { openCounting } from './counting.ts';
import { openReading, type Where } from './reading.ts';
import type { RecentRows } from './recent-rows.ts';
import { openWriting } from './writing.ts';

export type Home = { database: DatabaseSync; batches: Batches; recent: RecentRows; now: () => number };

export function openRecords({ batches, ...rows }: Home): Records {
  const reading = openReading(rows);
  const writing = openWriting(rows);
  const counting = openCounting(rows);
  return {
    get: <V>(kind: Kind, key: string) => batches.read(() => reading.get<V>(kind, key)),
    list: <V>(kind: Kind, where: Where, page: Page) => batches.read(() => reading.list<V>(kind, where, page)),
    insert: (kind, key, value, meta) => batches.write(writing.insert({ kind, key }, value, meta)),
    insertInTurn: (several) => batches.writeWhole(writing.insertInTurn(several)),
    replace: (kind, key, value, version, meta) => batches.write(writing.replace({ kind, key, version }, value, meta)),
    put: (kind, key, value, meta) => batches.write(writing.put({ kind, key }, value, meta)),
    mark: (kind, key) => batches.write(writing.mark({ kind, key })),
    bump: (kind, key, by, expiresAt) => batches.write(() => counting.bump({ kind, key }, by, expiresAt)),
    remove: (kind, key, version) => batches.write(writing.remove({ kind, key, version })),
    removeAll: (kind, index, value) => batches.write(writing.removeAll(kind, index, value)),
    sweep: (limit) => batches.write(writing.sweep(limit)),
  };
}
