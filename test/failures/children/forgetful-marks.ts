// A store that is broken on purpose: it answers that a mark is the first one, and keeps none.
import type { Storage } from '../../../src/storage/port.ts';

export function forgetMarks({ records, expiring, ...rest }: Storage): Storage {
  return {
    ...rest,
    records: { ...records, mark: async (kind, key) => ((await records.get(kind, key)) ? 'first' : 'absent') },
    expiring: { ...expiring, mark: async (kind, key) => ((await expiring.get(kind, key)) ? 'first' : 'absent') },
  };
}
