// Wrong codes, per address and lane: the known lane's in a row, strangers' within a long time. Durable: emptying the expiring store
// unlocks nobody.
import type { Records } from '../../storage/port.ts';
import type { Lane } from '../events.ts';

const kind = 'failures';
const lanes: readonly Lane[] = ['known', 'stranger'];

export type Failures = ReturnType<typeof createFailures>;

/** Addresses are named by their keys. */
export function createFailures(records: Records) {
  const keyOf = (address: string, lane: Lane) => `${address}:${lane}`;

  return {
    /** @param until when a count that begins with this one is forgotten; milliseconds since the epoch. @returns how many there are now */
    add: (address: string, lane: Lane, until?: number) => records.bump(kind, keyOf(address, lane), 1, until),
    /** Their counts are about to be read, of one lane or the other. */
    foresee(address: string): void {
      for (const lane of lanes) records.foresee?.(kind, keyOf(address, lane));
    },
    count: async (address: string, lane: Lane) => (await records.get<number>(kind, keyOf(address, lane)))?.value ?? 0,
    forgive: (address: string, lane: Lane) => records.remove(kind, keyOf(address, lane)),
  };
}
