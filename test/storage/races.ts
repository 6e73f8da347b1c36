// The races of the contract, as numbers: the conformance suite demands the lawful ones, the teeth test the others from a broken store.
import type { Expiring, Ledger, Storage } from '../../src/storage/port.ts';

type Home = Storage['records'] | Storage['expiring'];

/** How many of `callers` hear 'first'. Lawful: 1. */
export async function raceMarks(home: Home, key: string, callers: number): Promise<number> {
  return countOf(callers, async () => (await home.mark('race', key)) === 'first');
}

/** How many of `callers` insert one key. Lawful: 1. */
export async function raceInserts(storage: Storage, home: 'records' | 'expiring', callers: number): Promise<number> {
  return countOf(callers, (caller) =>
    home === 'records' ? storage.records.insert('race', 'inserted', { caller }) : storage.expiring.add('race', 'inserted', { caller }, 60),
  );
}

/** How many of `callers` replace one version. Lawful: 1. */
export async function raceReplaces(storage: Storage, home: 'records' | 'expiring', callers: number): Promise<number> {
  if (home === 'records') await storage.records.put('race', 'replaced', {});
  else await storage.expiring.put('race', 'replaced', {}, 60);
  return countOf(callers, (caller) =>
    home === 'records'
      ? storage.records.replace('race', 'replaced', { caller }, 1)
      : storage.expiring.replace('race', 'replaced', { caller }, 1, 60),
  );
}

/** How many of `callers` may spend from `ledgers`. Lawful: the limit. */
export async function raceSpends(expiring: Expiring, ledgers: readonly Ledger[], callers: number): Promise<number> {
  return countOf(callers, async () => (await expiring.spend('race', ledgers)).ok);
}

async function countOf(callers: number, attempt: (caller: number) => Promise<boolean>): Promise<number> {
  const outcomes = await Promise.all(Array.from({ length: callers }, (_, caller) => attempt(caller)));
  return outcomes.filter(Boolean).length;
}
