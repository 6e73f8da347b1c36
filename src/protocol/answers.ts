// Which answer is under way, for what belongs to it: what it waits for, and what is done when it has left.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Middleware } from 'koa';

const answers = new AsyncLocalStorage<ServerResponse>();
const writes = new WeakMap<ServerResponse, Promise<unknown>[]>();

/** Outermost: within it the others know which answer is meant. */
export const noteAnswer: Middleware = (ctx, next) => answers.run(ctx.res, next);

/**
 * A write that nothing on the way to the answer asks for again goes on beside what comes next, and the answer waits for it: one after
 * the other each would be a way to the store. Outside of requests it is waited for at once.
 */
export async function letAnswerWait(write: Promise<unknown>): Promise<void> {
  const answer = answers.getStore();
  const others = answer && writes.get(answer);
  if (!others) return void (await write);
  write.catch(() => undefined); // told by the answer
  others.push(write);
}

/** What is thrown below it, or was by a write that the answer waits for, is thrown here; no answer leaves then. */
export const waitForWrites: Middleware = async (ctx, next) => {
  const begun: Promise<unknown>[] = [];
  writes.set(ctx.res, begun);
  try {
    await next();
  } finally {
    writes.delete(ctx.res);
  }
  await Promise.all(begun);
};

/**
 * Does the work when the answer to the request that asks for it has left, or the connection has gone, so that how long the answer takes
 * says nothing of whether anything follows; outside of requests at once.
 */
export function afterAnswer(work: () => void): void {
  const answer = answers.getStore();
  if (!answer || answer.closed) work();
  else answer.once('close', work);
}
