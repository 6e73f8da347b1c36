// Which answer is under way, for what belongs to it: what is done when it has left, and what is known only as long as it isn't.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Middleware } from 'koa';

const answers = new AsyncLocalStorage<ServerResponse>();

/** Outermost: within it the others know which answer is meant. */
export const noteAnswer: Middleware = (ctx, next) => answers.run(ctx.res, next);

/** Undefined outside of requests. */
export const currentAnswer = (): object | undefined => answers.getStore();

/**
 * Does the work when the answer to the request that asks for it has left, or the connection has gone, so that how long the answer takes
 * says nothing of whether anything follows; outside of requests at once.
 */
export function afterAnswer(work: () => void): void {
  const answer = answers.getStore();
  if (!answer || answer.closed) work();
  else answer.once('close', work);
}
