// One at a time per key within this process. Not what makes a rule safe (the store's atomic operations do, over all
// processes): it lets a double click find the first click's outcome instead of a spent budget. That the store doesn't answer is an
// outcome, too: who has waited for it hears so at once, instead of waiting as long again.
import { AppError } from '../../errors.ts';

const isOutage = (error: unknown): boolean => error instanceof AppError && error.code === 'unavailable';

export function createTurns() {
  const last = new Map<string, Promise<unknown>>();

  return async function take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, (error: unknown) => {
      if (isOutage(error)) throw error;
      return work();
    });
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
