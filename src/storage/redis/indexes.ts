// Which rows have an index value: for look-ups and clean-up, never for a decision. An entry is written before its row, and leaves only
// when its row was removed by it or its time is over: a row that is just being written is never overlooked for good.
import type { Index, Indexes, Kind } from '../port.ts';
import type { Home } from './home.ts';
import { grace } from './row-text.ts';

export type Place = { index: Index; value: string };
export type Entry = { key: string; expiry: string };

/** Entries per step: what one turn of a list or removal asks for. */
const step = 1000;

export function openIndexes({ client, calls, names, now }: Home) {
  return {
    /** Enters a row under each of its index values. */
    async enter(kind: Kind, key: string, { indexes, ttl }: { indexes: Indexes; ttl: number }): Promise<void> {
      const time = now();
      const life = Math.ceil(Math.max(0, ttl) * 1000) + grace;
      const sets = Object.entries(indexes).map(([index, value]) => names.index(kind, { index: index as Index, value }));
      await calls.call(() => Promise.all(sets.map((set) => client.enterIndex(set, time - grace, Math.ceil(time + ttl * 1000), key, life))));
    },

    /** Step by step every entry that is there from beginning to end, each once. */
    async *walk(kind: Kind, place: Place): AsyncGenerator<Entry[]> {
      const seen = new Set<string>();
      let cursor = '0';
      do {
        const [next, found] = await calls.call(() => client.zscan(names.index(kind, place), cursor, 'COUNT', step));
        const entries: Entry[] = [];
        for (let i = 0; i < found.length; i += 2) {
          const key = found[i]!;
          if (!seen.has(key)) entries.push({ key, expiry: found[i + 1]! });
          seen.add(key);
        }
        yield entries;
        cursor = next;
      } while (cursor !== '0');
    },

    async leave(kind: Kind, place: Place, entries: readonly Entry[]): Promise<void> {
      if (entries.length === 0) return;
      const pairs = entries.flatMap(({ expiry, key }) => [expiry, key]);
      await calls.call(() => client.leaveIndex(names.index(kind, place), ...pairs));
    },
  };
}
