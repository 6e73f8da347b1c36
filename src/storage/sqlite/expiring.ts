// What may be lost, over the same table of rows, and the ledgers of spends.
import type { Expiring, Index, Kind } from '../port.ts';
import { openLedgers } from './ledgers.ts';
import { openReading } from './reading.ts';
import type { Home } from './records.ts';
import { openWriting } from './writing.ts';

/** The contract's bound: an index value here is a person's or a grant's. */
const listLimit = 1000;

export function openExpiring({ batches, ...rows }: Home): Expiring {
  const { database, now } = rows;
  const reading = openReading(rows);
  const writing = openWriting(rows);
  const ledgers = openLedgers(database, now);
  const after = (ttl: number) => now() + ttl * 1000;

  return {
    put: (kind, key, value, ttl, indexes) => batches.write(writing.put({ kind, key }, value, { indexes, expiresAt: after(ttl) })),
    get: <V>(kind: Kind, key: string) => batches.read(() => reading.get<V>(kind, key)),
    list: <V>(kind: Kind, index: Index, value: string) =>
      batches.read(() => reading.list<V>(kind, { index, value }, { limit: listLimit }).rows),
    add: (kind, key, value, ttl, indexes) => batches.write(writing.insert({ kind, key }, value, { indexes, expiresAt: after(ttl) })),
    replace: (kind, key, value, version, ttl) => batches.write(writing.renew({ kind, key, version }, value, after(ttl))),
    mark: (kind, key) => batches.write(writing.mark({ kind, key })),
    remove: (kind, key) => batches.write(writing.remove({ kind, key })),
    removeAll: (kind, index, value) => batches.write(writing.removeAll(kind, index, value)),
    spend: (partition, asked) => batches.writeWhole(() => ledgers.spend(partition, asked)),
    look: (partition, asked) => batches.read(() => ledgers.look(partition, asked)),
    refund: (partition, names) => batches.writeWhole(() => ledgers.refund(partition, names)),
    forgive: (partition, names) => batches.writeWhole(() => ledgers.forgive(partition, names)),
    sweep: (limit) =>
      batches.write(() => {
        const swept = writing.sweep(limit)();
        return swept + ledgers.sweep(limit - swept);
      }),
  };
}
