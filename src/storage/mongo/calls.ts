// Every command goes through here: its answer comes in time or not at all, its failures are named, and closing waits for it.
import { AppError } from '../../errors.ts';
import { toFailure } from './failures.ts';

export type Calls = {
  run<T>(command: () => Promise<T>): Promise<T>;
  /** Refuses what comes later, and resolves when all that was asked for has ended. */
  close(): Promise<void>;
};

export function openCalls(timeoutMs: number): Calls {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  return {
    async run<T>(command: () => Promise<T>): Promise<T> {
      if (closed) throw toUnavailable('The storage is closed');
      const answer = answerWithin(timeoutMs, command());
      underWay.add(answer);
      try {
        return await answer;
      } catch (error) {
        throw toFailure(error);
      } finally {
        underWay.delete(answer);
      }
    },

    async close() {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
}

/**
 * The driver's own timeouts add up: finding the primary, a free connection, the answer, and all of it again when it repeats the command.
 * After this one nobody waits any longer. Whether the command was executed is unknown then, as it is when a connection breaks.
 */
export function answerWithin<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(toUnavailable(`No answer within ${timeoutMs} ms`)), timeoutMs);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    answer.then(
      (value) => settle(() => resolve(value)),
      (error: Error) => settle(() => reject(error)),
    );
  });
}

function toUnavailable(reason: string): AppError {
  return new AppError('unavailable', {}, { cause: new Error(reason) });
}
