// The names of Redis's keys. Every operation touches one hash slot: rows and indexes are one key each, the ledgers of a partition share a tag.
import type { Index, Kind } from '../port.ts';

export type KeyNames = ReturnType<typeof nameKeys>;

export function nameKeys(prefix: string) {
  // A tag in the prefix would put everything into one slot, and no partition's tag would count any more.
  if (/[{}]/.test(prefix)) throw new TypeError('The prefix of the Redis keys must not hold braces');
  return {
    row: (kind: Kind, key: string) => `${prefix}row:${escape(kind)}:${key}`,
    index: (kind: Kind, { index, value }: { index: Index; value: string }) => `${prefix}index:${escape(kind)}:${index}:${value}`,
    /** The slot is that of what stands between the first braces. */
    ledger: (partition: string, name: string) => `${prefix}ledger:{${escape(partition)}}:${name}`,
  };
}

/** So that no two names make the same key, and a tag ends where it should. */
function escape(text: string): string {
  return text.replace(/[%:{}]/g, encodeURIComponent);
}
