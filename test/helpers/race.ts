// Many at once: what races are made of, and a program that loses them.
import { setTimeout as sleep } from 'node:timers/promises';
import { openStorage } from '../../src/storage/open.ts';
import { breakStorage } from '../storage/broken.ts';
import { startProgram } from './program.ts';

/** Starts `count` of the same before the first can end. */
export const inParallel = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/**
 * A program whose store reads, waits and then writes, to show that a law about races can be violated at all.
 * @param whole otherwise the records alone: budgets are kept
 */
export async function startBrokenProgram({ whole = true } = {}) {
  const storage = await openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 60 }, () => Date.now());
  const broken = breakStorage(storage, () => sleep(20));
  const program = await startProgram({}, { storage: whole ? broken : { ...storage, records: broken.records } });
  return {
    ...program,
    async close() {
      await program.close();
      await storage.close();
    },
  };
}
