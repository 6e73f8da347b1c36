// A real store that can be held: one operation stops before it does anything, until the test lets it go. Races without luck.
import type { Storage } from '../../src/storage/port.ts';
import { openTestStorage } from './store.ts';

type Operation = (...args: unknown[]) => Promise<unknown>;

/** Which operation is held: the next one of these names whose first argument (its kind) is this. */
export type Held = { names: readonly string[]; first?: string };

/** `reached`: the operation has come; `letGo`: it may go on. */
export type Hold = { reached: Promise<void>; letGo(): void };

type Gate = Held & { reach(): void; opened: Promise<void> };

export type HeldStorage = Awaited<ReturnType<typeof openHeldStorage>>;

export async function openHeldStorage() {
  const storage = await openTestStorage();
  let gates: Gate[] = [];

  async function pass(name: string, first: unknown): Promise<void> {
    const gate = gates.find((each) => each.names.includes(name) && (each.first === undefined || each.first === first));
    if (!gate) return;
    gates = gates.filter((each) => each !== gate);
    gate.reach();
    await gate.opened;
  }

  function guard<T extends object>(home: T): T {
    const entries = Object.entries(home) as [string, Operation][];
    const guarded = entries.map(([name, operate]) => [
      name,
      async (...args: unknown[]) => {
        await pass(name, args[0]);
        return operate(...args);
      },
    ]);
    return Object.fromEntries(guarded) as T;
  }

  const held: Storage = { ...storage, records: guard(storage.records), expiring: guard(storage.expiring) };

  return {
    storage: held,
    hold(what: Held): Hold {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
      const { promise: opened, resolve: letGo } = Promise.withResolvers<void>();
      gates.push({ ...what, reach, opened });
      return { reached, letGo };
    },
    close: storage.close,
  };
}
