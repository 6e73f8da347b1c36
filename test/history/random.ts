// Chance that can be repeated: everything that a driver chooses comes from its seed.

export type Random = ReturnType<typeof createRandom>;

/** mulberry32: small, and even enough for choosing. */
export function createRandom(seed: number) {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    /** From `from` up to `to`, which is left out. */
    between: (from: number, to: number) => from + next() * (to - from),
    chance: (probability: number) => next() < probability,
    pick: <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T,
    shuffle: <T>(all: readonly T[]): T[] =>
      all
        .map((one) => ({ one, at: next() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one),
    /** Another source, whose numbers depend on this seed and `name` alone. */
    fork: (name: number) => createRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(name + 1, 0xc2b2ae35)),
  };
}
