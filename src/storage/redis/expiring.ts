// The expiring home: rows, their indexes, and ledgers.
import type { Expiring, Index, Indexes, Kind, Row } from '../port.ts';
import type { Home } from './home.ts';
import { openIndexes } from './indexes.ts';
import { openLedgers } from './ledgers.ts';
import { openRows } from './rows.ts';

/** The contract's bound: an index value here is a person's or a grant's. */
const listLimit = 1000;

export function openExpiring(home: Home): Expiring {
  const rows = openRows(home);
  const indexes = openIndexes(home);
  const ledgers = openLedgers(home);

  /** Both leave in the same turn, the entries first; without indexes, which is the rule, there is nothing to wait for but the row. */
  async function enterAnd<T>(row: { kind: Kind; key: string; ttl: number; indexes?: Indexes }, write: () => Promise<T>): Promise<T> {
    const given = Object.entries(row.indexes ?? {}).filter(([, value]) => value !== undefined);
    if (given.length === 0) return write();
    const entering = indexes.enter(row.kind, row.key, { indexes: Object.fromEntries(given), ttl: row.ttl });
    const [answer] = await Promise.all([write(), entering]);
    return answer;
  }

  return {
    put: (kind, key, value, ttl, given) =>
      enterAnd({ kind, key, ttl, indexes: given }, () => rows.put(kind, key, { value, ttl, indexes: given })),
    get: <V>(kind: Kind, key: string) => rows.get<V>(kind, key),
    add: (kind, key, value, ttl, given) =>
      enterAnd({ kind, key, ttl, indexes: given }, () => rows.add(kind, key, { value, ttl, indexes: given })),

    async replace(kind, key, value, version, ttl) {
      const kept = await rows.replace(kind, key, { value, ttl, version });
      // The row may live longer now, and so must its entries.
      if (kept) await indexes.enter(kind, key, { indexes: kept, ttl });
      return kept !== undefined;
    },

    mark: (kind, key) => rows.mark(kind, key),
    remove: (kind, key) => rows.remove(kind, key),

    async list<V>(kind: Kind, index: Index, value: string) {
      const listed: (Row<V> & { key: string })[] = [];
      for await (const entries of indexes.walk(kind, { index, value })) {
        const found = await Promise.all(entries.map(async ({ key }) => ({ key, row: await rows.get<V>(kind, key) })));
        for (const { key, row } of found) if (row?.indexes[index] === value) listed.push({ key, ...row });
        if (listed.length >= listLimit) break;
      }
      return listed.slice(0, listLimit);
    },

    async removeAll(kind, index, value) {
      let removed = 0;
      for await (const entries of indexes.walk(kind, { index, value })) {
        const outcomes = await Promise.all(entries.map(({ key }) => rows.removeIndexed(kind, key, { index, value })));
        const gone = entries.filter((_, i) => outcomes[i]);
        await indexes.leave(kind, { index, value }, gone);
        removed += gone.length;
      }
      return removed;
    },

    spend: (partition, asked) => ledgers.spend(partition, asked),
    look: (partition, asked) => ledgers.look(partition, asked),
    refund: (partition, names) => ledgers.refund(partition, names),
    forgive: (partition, names) => ledgers.forgive(partition, names),
    /** Redis forgets by itself what has expired. */
    sweep: () => Promise.resolve(0),
  };
}
