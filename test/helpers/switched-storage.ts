// A real store with a switch: while it is off, every operation fails as that of a store that doesn't answer.
import { AppError } from '../../src/errors.ts';
import type { Storage } from '../../src/storage/port.ts';
import { openTestStorage } from './store.ts';

type Operation = (...args: unknown[]) => Promise<unknown>;

export type SwitchedStorage = Awaited<ReturnType<typeof openSwitchedStorage>>;

const unanswered = () => new AppError('unavailable', {}, { cause: new Error('switched off') });

export async function openSwitchedStorage(fail: () => Error = unanswered) {
  const storage = await openTestStorage();
  let left = Infinity;
  let operations = 0;

  function guard<T extends object>(home: T): T {
    const entries = Object.entries(home) as [string, Operation][];
    const guarded = entries.map(([name, operate]) => [
      name,
      async (...args: unknown[]) => {
        operations += 1;
        if (left <= 0) throw fail();
        left -= 1;
        return operate(...args);
      },
    ]);
    return Object.fromEntries(guarded) as T;
  }

  const { check } = guard({ check: storage.check });
  const switched: Storage = { ...storage, records: guard(storage.records), expiring: guard(storage.expiring), check };

  return {
    storage: switched,
    /** Fails from now on, or after so many operations more. */
    switchOff: (after = 0) => void (left = after),
    switchOn: () => void (left = Infinity),
    /** Whether the switch has come into effect. */
    isOff: () => left <= 0,
    /** How many were asked for so far. */
    get operations() {
      return operations;
    },
    close: storage.close,
  };
}
