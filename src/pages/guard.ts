// What every answer carries and every request must look like, before any route is asked.
import { randomUUID } from 'node:crypto';
import type { Context, Middleware, Next } from 'koa';
import helmet from 'koa-helmet';
import { AppError } from '../errors.ts';

/** No `form-action`: browsers apply it to the redirect back to the client. The library adds the hash of its own script. */
function createHeaders(issuer: string): Middleware {
  const secure = issuer.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    crossOriginResourcePolicy: false,
    originAgentCluster: true,
  });
}

export function createGuard(issuer: string): { identify: Middleware; headers: Middleware; refuseOddRequests: Middleware } {
  const identify: Middleware = async (ctx: Context, next: Next) => {
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', String(ctx.state.requestId));
    ctx.set('Cache-Control', 'no-store');
    await next();
  };

  /** An absolute request line names another origin: only paths are answered. No browser or client compresses what it sends. */
  const refuseOddRequests: Middleware = async (ctx: Context, next: Next) => {
    if (!ctx.req.url?.startsWith('/') || ctx.get('Content-Encoding')) throw new AppError('request_invalid');
    await next();
  };

  return { identify, headers: createHeaders(issuer), refuseOddRequests };
}
