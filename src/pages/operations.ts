// What operators' tools ask: alive, ready, and the metrics (with the token, or on this machine in development).
import type { Context, Middleware } from 'koa';
import { AppError } from '../errors.ts';
import type { Keys } from '../keys/keys.ts';
import { isLocalPeer } from './peer.ts';

export type Operations = { checkReady(): Promise<void>; metrics(): Promise<{ type: string; text: string }> };

/** Why a node is not ready that was told to stop. */
const stopping = 'the node is stopping';

/** Whether this node takes requests: its store answers, and it was not told to leave. */
export function createReadiness(checkStore: () => Promise<void>) {
  let leaving = false;
  return {
    async check(): Promise<void> {
      if (leaving) throw new Error(stopping);
      await checkStore();
    },
    leave(): void {
      leaving = true;
    },
  };
}

/** Production shows its figures to nobody without the token. */
type Deps = { operations: Operations; keys: Keys; token?: string; production: boolean };

export function createOperationsPages({ operations, keys, token, production }: Deps): {
  live: Middleware;
  ready: Middleware;
  metrics: Middleware;
} {
  function mayRead(ctx: Context): boolean {
    const bearer = /^Bearer (.+)$/.exec(ctx.get('Authorization'))?.[1];
    if (token) return bearer !== undefined && keys.equals(bearer, token);
    return !production && isLocalPeer(ctx);
  }

  return {
    live: (ctx) => {
      ctx.body = { status: 'live' };
    },
    ready: async (ctx) => {
      try {
        await operations.checkReady();
        ctx.body = { status: 'ready' };
      } catch (error) {
        const { message } = error as Error;
        const mayBeTold = message === stopping || /clock/.test(message);
        ctx.status = 503;
        ctx.set('Retry-After', '5');
        // A store's own words may name hosts and users: of it, only a clock that is off is told to everybody.
        ctx.body = { status: 'not ready', because: mayBeTold ? message : 'the store does not answer' };
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
