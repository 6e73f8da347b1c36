// What every answer carries and every request must look like, before any route is asked.
import { randomUUID } from 'node:crypto';
import type { Context, Middleware, Next } from 'koa';
import helmet from 'koa-helmet';
import { AppError } from '../errors.ts';

const isProgramsAnswer = ({ response }: Context) => /^application\/(.*\+)?(json|jwt)$/.test(response.type);

/**
 * What programs read has nothing to load and nobody to show it to. Headers that only browsers of long ago know are left out.
 * No `form-action`: browsers apply it to the redirect back to the client.
 */
function createHeaders(issuer: string): Middleware {
  const ofAll = {
    strictTransportSecurity: issuer.startsWith('https:') ? { maxAge: 31_536_000 } : false,
    crossOriginResourcePolicy: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  } as const;
  const forPeople = helmet({
    ...ofAll,
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
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    originAgentCluster: true,
  });
  const forPrograms = helmet({
    ...ofAll,
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: false,
    xFrameOptions: false,
  });

  return async (ctx, next) => {
    await next();
    // Only what is to be trusted less than a page has one of its own.
    const stricter = ctx.response.get('Content-Security-Policy');
    await (isProgramsAnswer(ctx) ? forPrograms : forPeople)(ctx, async () => {});
    if (stricter) ctx.set('Content-Security-Policy', stricter);
  };
}

export function createGuard(issuer: string): { identify: Middleware; headers: Middleware; refuseOddRequests: Middleware } {
  const identify: Middleware = (ctx: Context, next: Next) => {
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', String(ctx.state.requestId));
    ctx.set('Cache-Control', 'no-store');
    return next();
  };

  /** An absolute request line names another origin: only paths are answered. No browser or client compresses what it sends. */
  const refuseOddRequests: Middleware = (ctx: Context, next: Next) => {
    if (!ctx.req.url?.startsWith('/') || ctx.get('Content-Encoding')) throw new AppError('request_invalid');
    return next();
  };

  return { identify, headers: createHeaders(issuer), refuseOddRequests };
}
