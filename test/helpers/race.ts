// Many at once: what races are made of, and a program that loses them.
import { breakStorage } from '../storage/broken.ts';
import { type Program, startProgram } from './program.ts';
import { openTestStorage } from './store.ts';

/** Starts `count` of the same before the first can end. */
export const inParallel = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** Holds whoever comes until `count` are there (or nobody has come for a second), then lets all of them go at once. */
function createGate() {
  let count = 0;
  let held: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;

  function open() {
    clearTimeout(timer);
    for (const go of held) go();
    held = [];
  }

  return {
    hold(next: number) {
      count = next;
    },
    wait: () =>
      new Promise<void>((resolve) => {
        held.push(resolve);
        clearTimeout(timer);
        if (held.length >= count) open();
        else timer = setTimeout(open, 1_000);
      }),
  };
}

type Broken = { program: Program; hold: (count: number) => void };

/**
 * Runs an attack on a program whose store reads, waits and then writes, to show that a law about races can be violated at
 * all. From `hold(count)` on, so many writers wait for one another.
 * @param whole otherwise the records alone are broken, and budgets are kept
 */
export async function attackBroken<T>(
  attack: (broken: Broken) => Promise<T>,
  { whole = true, settings = {} }: { whole?: boolean; settings?: Parameters<typeof startProgram>[0] } = {},
): Promise<T> {
  const gate = createGate();
  const storage = await openTestStorage();
  const broken = breakStorage(storage, gate.wait);
  const program = await startProgram(settings, { storage: whole ? broken : { ...storage, records: broken.records } });
  try {
    return await attack({ program, hold: gate.hold });
  } finally {
    await program.close();
    await storage.close();
  }
}
