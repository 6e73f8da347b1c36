// Reads the form that a browser posts, into `ctx.request.body` and `ctx.request.rawBody`.
import type { Middleware } from 'koa';

/** `limit`: how long it may be, as "16kb". The parser knows much more than forms, and is loaded for the first one. */
export function readPostedForm({ limit }: { limit: string }): Middleware {
  const load = async () => (await import('@koa/bodyparser')).bodyParser({ enableTypes: ['form'], formLimit: limit }) as Middleware;
  let parser: ReturnType<typeof load> | undefined;
  return async (ctx, next) => (await (parser ??= load()))(ctx, next);
}
