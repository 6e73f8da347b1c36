// Several nodes of one deployment: one store, one issuer, one set of secrets.
import type { Storage } from '../../src/storage/port.ts';
import { type Program, startProgram } from './program.ts';
import { openTestStorage } from './store.ts';

type Overrides = NonNullable<Parameters<typeof startProgram>[0]>;
type Options = { overrides?: Overrides; alter?: (storage: Storage) => Storage };

export type Nodes = Awaited<ReturnType<typeof startNodes>>;

/** `alter`: what the store should be broken like; without it the nodes share a sound one. */
export async function startNodes(count: number, { overrides = {}, alter = (storage) => storage }: Options = {}) {
  const storage = alter(await openTestStorage());
  const first = await startProgram(overrides, { storage });
  const server = { ...overrides.server, issuer: first.issuer };
  const others = await Promise.all(Array.from({ length: count - 1 }, () => startProgram({ ...overrides, server }, { storage })));
  const all: Program[] = [first, ...others];
  return {
    first,
    all,
    async close() {
      await Promise.all(all.map((node) => node.close()));
      await storage.close();
    },
  };
}
