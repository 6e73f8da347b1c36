// What happens only when an answer has left: how long the answer takes says nothing of whether anything follows.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Middleware } from 'koa';

const answers = new AsyncLocalStorage<ServerResponse>();

/** Within it `afterAnswer` knows which answer is meant. */
export const noteAnswer: Middleware = (ctx, next) => answers.run(ctx.res, next);

/** Does the work when the answer to the request that asks for it has left, or the connection has gone; outside of requests at once. */
export function afterAnswer(work: () => void): void {
  const answer = answers.getStore();
  if (!answer || answer.closed) work();
  else answer.once('close', work);
}
