// Durable truth over the collection: each operation is a bounded call.
import type { Kind, Page, Records } from '../port.ts';
import type { Calls } from './calls.ts';
import { openCounting } from './counting.ts';
import { openReading, type Where } from './reading.ts';
import type { RecordCollection } from './schema.ts';
import { openWriting, type WritingOptions } from './writing.ts';

export type Home = { collection: RecordCollection; calls: Calls } & WritingOptions;

export function openRecords({ collection, calls, ...options }: Home): Records {
  const reading = openReading(collection, options);
  const writing = openWriting(collection, options);
  const counting = openCounting(collection, options);
  return {
    get: <V>(kind: Kind, key: string) => calls.run(() => reading.get<V>(kind, key)),
    list: <V>(kind: Kind, where: Where, page: Page) => calls.run(() => reading.list<V>(kind, where, page)),
    insert: (kind, key, value, meta) => calls.run(() => writing.insert({ kind, key }, value, meta)),
    insertInTurn: (rows) => calls.run(() => writing.insertInTurn(rows)),
    replace: (kind, key, value, version, meta) => calls.run(() => writing.replace({ kind, key, version }, value, meta)),
    put: (kind, key, value, meta) => calls.run(() => writing.put({ kind, key }, value, meta)),
    mark: (kind, key) => calls.run(() => writing.mark({ kind, key })),
    bump: (kind, key, by, expiresAt) => calls.run(() => counting.bump({ kind, key }, by, expiresAt)),
    remove: (kind, key, version) => calls.run(() => writing.remove({ kind, key, version })),
    removeAll: (kind, index, value) => calls.run(() => writing.removeAll(kind, index, value)),
    sweep: (limit) => calls.run(() => writing.sweep(limit)),
  };
}
