// Every call to Redis ends in time: with its answer, or as unavailable.
import type { Deadlines } from './deadlines.ts';
import { closedFailure, readLate, toFailure } from './failures.ts';

export type Calls = {
  /** `deadline`: the last moment, by Redis's clock, at which somebody waits for the answer. */
  call<T>(send: (deadline: number) => Promise<T>): Promise<T>;
  /** Resolves when all that was called has ended; whatever comes later is refused. */
  close(): Promise<void>;
};

export type Limits = { deadlines: Deadlines; timeoutMs: number; isConnected: () => boolean };

export function openCalls({ deadlines, timeoutMs, isConnected }: Limits): Calls {
  let closed = false;
  let open = 0;
  const drained = Promise.withResolvers<void>();

  async function attempt<T>(send: (deadline: number) => Promise<T>, end: number): Promise<T> {
    try {
      return await send(deadlines.atRedis(end));
    } catch (error) {
      const time = readLate(error);
      if (time === undefined || performance.now() >= end) throw error;
      // Refused though it is in time: Redis's clock was moved, or another server took over. What was refused didn't happen: once more.
      deadlines.learn(time);
      return send(deadlines.atRedis(end));
    }
  }

  return {
    async call<T>(send: (deadline: number) => Promise<T>): Promise<T> {
      if (closed) throw closedFailure();
      // Refused now rather than queued: nobody knows when it would be sent.
      if (!isConnected()) throw toFailure(new Error('There is no connection to Redis'));
      open += 1;
      // The client has limits per connection; this one counts from the call, wherever its command is waiting.
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
      attempt(send, performance.now() + timeoutMs).then(resolve, reject);
      try {
        return await promise;
      } catch (error) {
        throw toFailure(error);
      } finally {
        clearTimeout(timer);
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
