// Which answer is under way, for what belongs to it: what it waits for, and what is done when it has left.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Middleware } from 'koa';

/** `writes`: those that it waits for, while it can. */
type Answer = { response: ServerResponse; writes?: Promise<unknown>[] };

const answers = new AsyncLocalStorage<Answer>();

/** Outermost: within it the others know which answer is meant. */
export const noteAnswer: Middleware = (ctx, next) => answers.run({ response: ctx.res }, next);

/**
 * A write that nothing on the way to the answer asks for again goes on beside what comes next, and the answer waits for it: one after
 * the other each would be a way to the store. Outside of requests it is waited for at once.
 */
export async function letAnswerWait(write: Promise<unknown>): Promise<void> {
  const writes = answers.getStore()?.writes;
  if (!writes) return void (await write);
  write.catch(() => undefined); // told by the answer
  writes.push(write);
}

/** Within `noteAnswer`. What is thrown below it, or was by a write that the answer waits for, is thrown here; no answer leaves then. */
export const waitForWrites: Middleware = async (_ctx, next) => {
  const answer = answers.getStore() as Answer;
  const writes: Promise<unknown>[] = [];
  answer.writes = writes;
  try {
    await next();
  } finally {
    answer.writes = undefined;
  }
  await Promise.all(writes);
};

/**
 * Does the work when the answer to the request that asks for it has left, or the connection has gone, so that how long the answer takes
 * says nothing of whether anything follows; outside of requests at once.
 */
export function afterAnswer(work: () => void): void {
  const response = answers.getStore()?.response;
  if (!response || response.closed) work();
  else response.once('close', work);
}
