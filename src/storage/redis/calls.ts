// Every call to Redis ends in time: with its answer, or as unavailable.
import type { Deadlines } from './deadlines.ts';
import { scheduleDepartures } from './departures.ts';
import { closedFailure, readLate, toFailure } from './failures.ts';

export type Calls = {
  /** `deadline`: the last moment, by Redis's clock, at which it may begin; somebody waits for the answer a little longer. */
  call<T>(send: (deadline: number) => Promise<T>): Promise<T>;
  /** Resolves when all that was called has ended; whatever comes later is refused. */
  close(): Promise<void>;
};

export type Limits = { deadlines: Deadlines; timeoutMs: number; isConnected: () => boolean; gather?: () => void };

/** The part of a call's time in which Redis begins nothing any more: for the way back, and for what is not known exactly about its clock. */
const reserve = 0.1;

/** `gather`: see departures.ts. */
export function openCalls({ deadlines, timeoutMs, isConnected, gather = () => undefined }: Limits): Calls {
  let closed = false;
  let open = 0;
  const drained = Promise.withResolvers<void>();
  const depart = scheduleDepartures(gather);

  async function attempt<T>(send: (deadline: number) => Promise<T>, last: number): Promise<T> {
    await depart();
    // Refused now rather than queued: nobody knows when it would be sent.
    if (!isConnected()) throw new Error('There is no connection to Redis');
    try {
      return await send(deadlines.atRedis(last));
    } catch (error) {
      const time = readLate(error);
      if (time === undefined || performance.now() >= last) throw error;
      // Refused though it is in time: Redis's clock was moved, or another server took over. What was refused didn't happen: once more.
      deadlines.learn(time);
      return send(deadlines.atRedis(last));
    }
  }

  /** Wherever the command is waiting: in the client, on the way, in Redis. */
  function limit<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
      const settle = (done: () => void) => {
        clearTimeout(timer);
        done();
      };
      answer.then(
        (value) => settle(() => resolve(value)),
        (error: Error) => settle(() => reject(error)),
      );
    });
  }

  return {
    async call(send) {
      if (closed) throw closedFailure();
      open += 1;
      try {
        return await limit(attempt(send, performance.now() + timeoutMs * (1 - reserve)));
      } catch (error) {
        throw toFailure(error);
      } finally {
        open -= 1;
        if (closed && open === 0) drained.resolve();
      }
    },

    async close() {
      closed = true;
      if (open > 0) await drained.promise;
    },
  };
}
