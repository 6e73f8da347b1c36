// A store that notes what is asked of it: which operation, of which kind.
import type { NewRow, Storage } from '../../src/storage/port.ts';

export type Noted = { home: 'records' | 'expiring'; operation: string; what: string };

/** `take` answers what was asked since it was last called. */
export function countStorage(storage: Storage): { storage: Storage; take(): Noted[] } {
  let noted: Noted[] = [];

  function note<H extends object>(home: Noted['home'], operations: H): H {
    const counted = Object.entries(operations).map(([operation, run]: [string, (...args: unknown[]) => unknown]) => [
      operation,
      (...args: unknown[]) => {
        noted.push({ home, operation, what: nameOf(operation, args) });
        return run(...args);
      },
    ]);
    return Object.fromEntries(counted) as H;
  }

  return {
    storage: { ...storage, records: note('records', storage.records), expiring: note('expiring', storage.expiring) },
    take() {
      const taken = noted;
      noted = [];
      return taken;
    },
  };
}

/** The kind, or all kinds of several rows; of spends the ledgers, as far as they are no one's own (`challenge:…`). */
function nameOf(operation: string, [first, second]: unknown[]): string {
  if (operation === 'insertInTurn') return (first as NewRow[]).map(({ kind }) => kind).join(' and ');
  if (!['spend', 'look', 'refund', 'forgive'].includes(operation)) return String(first);
  const ledgers = (second as (string | { name: string })[]).map((ledger) => (typeof ledger === 'string' ? ledger : ledger.name));
  return ledgers.map((name) => name.split(':')[0]).join(' and ');
}
