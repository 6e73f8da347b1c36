// Writes down what was asked and what came of it, while it happens.
import type { Deed, Kind, Operation, Outcome } from './operation.ts';

export type Recorder = ReturnType<typeof createRecorder>;

/** What a request was to do, and what came of it; `why` as in an operation. */
export type Done = { deed: Deed; outcome: Outcome; why?: unknown };

/** Kinds that only look. */
const looks: readonly Kind[] = ['use', 'claims'];

/** `limit`: after so many operations the driver shall stop; one request is one operation, and a look is none. */
export function createRecorder(limit: number) {
  const history: Operation[] = [];
  let count = 0;
  let stopped = false;

  return {
    history,
    isFull: () => stopped || count >= limit,
    /** From 0 to 1. */
    progress: () => Math.min(1, count / limit),
    stop: () => void (stopped = true),
    /** Times `work`, and adds what it says was done; several deeds, where one request does several things. */
    async record<T>(work: () => Promise<{ done: readonly Done[]; result: T }>): Promise<T> {
      const invoked = performance.now();
      const { done, result } = await work();
      const answered = performance.now();
      for (const { deed, outcome, why } of done) history.push({ ...deed, outcome, invoked, answered, why } as Operation);
      if (done.some(({ deed }) => !looks.includes(deed.kind))) count += 1;
      return result;
    },
  };
}
