// What operators' tools ask: alive, ready, and the metrics (loopback or with the token).
import type { Context, Middleware } from 'koa';
import { AppError } from '../errors.ts';
import type { Keys } from '../keys/keys.ts';

export type Operations = { checkReady(): Promise<void>; metrics(): Promise<{ type: string; text: string }> };

type Deps = { operations: Operations; keys: Keys; token?: string };

export function createOperationsPages({ operations, keys, token }: Deps): { live: Middleware; ready: Middleware; metrics: Middleware } {
  function mayRead(ctx: Context): boolean {
    const bearer = /^Bearer (.+)$/.exec(ctx.get('Authorization'))?.[1];
    if (token) return bearer !== undefined && keys.equals(bearer, token);
    return /^(127\.|::1$|::ffff:127\.)/.test(ctx.req.socket.remoteAddress ?? '');
  }

  return {
    live: (ctx) => {
      ctx.body = { status: 'live' };
    },
    ready: async (ctx) => {
      try {
        await operations.checkReady();
        ctx.body = { status: 'ready' };
      } catch {
        ctx.status = 503;
        ctx.set('Retry-After', '5');
        ctx.body = { status: 'not ready', because: 'the store does not answer' };
      }
    },
    metrics: async (ctx) => {
      if (!mayRead(ctx)) throw new AppError('not_found');
      const { type, text } = await operations.metrics();
      ctx.type = type;
      ctx.body = text;
    },
  };
}
