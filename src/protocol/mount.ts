// The protocol library beside our pages: its paths, its errors' looks, and POST where browsers are sent to.
import type { Context, Middleware, Next } from 'koa';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { AppError } from '../errors.ts';
import { noteAnswer, waitForWrites } from './answers.ts';
import { type AutoForm, readAutoForm } from './auto-form.ts';
import { devicePath } from './device-flow.ts';
import { readPostedForm } from './posted-form.ts';
import { routes } from './routes.ts';

const form = readPostedForm({ limit: '64kb' });

type Looks = {
  /** What every answer carries and every request must look like. */
  guard: { identify: Middleware; headers: Middleware; refuseOddRequests: Middleware };
  catchAll: (ctx: Context, next: Next) => Promise<void>;
  submit: (ctx: KoaContextWithOIDC, form: AutoForm) => Promise<void>;
};

const forBrowsers: readonly string[] = [routes.authorization, routes.end_session];

/**
 * OpenID Connect Core 3.1.2.1 and RP-Initiated Logout 2 want GET and POST. The library's own POST would need `SameSite=None`
 * cookies, so a POST is answered with a redirect to the same request as GET.
 */
const redirectPost: Middleware = async (ctx, next) => {
  if (ctx.method !== 'POST' || !forBrowsers.includes(ctx.path)) return next();
  if (!ctx.is('application/x-www-form-urlencoded')) throw new AppError('request_invalid');
  await form(ctx, async () => {});
  const { rawBody } = ctx.request as { rawBody?: string };
  ctx.status = 303;
  ctx.set('Location', `${ctx.path}?${new URLSearchParams(rawBody ?? '').toString()}`);
  ctx.body = '';
};

/** RFC 9126, 2.3. Elsewhere another method is another path, which nobody has. */
const refuseUnpushed: Middleware = async (ctx, next) => {
  if (ctx.path !== routes.pushed_authorization_request || ['POST', 'OPTIONS'].includes(ctx.method)) return next();
  ctx.status = 405;
  ctx.set('Allow', 'POST');
  ctx.body = { error: 'invalid_request', error_description: 'requests are pushed by POST' };
};

const protocolWords: Record<string, { error: string; error_description: string }> = {
  unavailable: { error: 'temporarily_unavailable', error_description: 'try again in a moment' },
  request_invalid: { error: 'invalid_request', error_description: 'the request could not be read' },
  request_too_large: { error: 'invalid_request', error_description: 'the request is too long' },
};

/** People get a page; a program gets the protocol's word for it (RFC 6749, 4.1.2.1 and 5.2), and when to come back. */
function tellProgram(ctx: Context): void {
  if (ctx.status === 503) ctx.set('Retry-After', '5');
  const { error = '' } = (ctx.body ?? {}) as { error?: string };
  if (protocolWords[error]) ctx.body = protocolWords[error];
}

/** Its own paths; an absolute request line is none of them. */
export function isProtocols(url: string): boolean {
  const [path = ''] = url.split('?', 1);
  return path.startsWith('/oidc/') || path.startsWith('/.well-known/') || path === devicePath || path.startsWith(`${devicePath}/`);
}

/** It is an app of its own, not one inside another: every request of a program would pay for both. */
export function dressProvider(provider: Provider, { guard, catchAll, submit }: Looks): ReturnType<Provider['callback']> {
  provider.use(noteAnswer);
  provider.use(guard.identify);
  provider.use(guard.headers);
  provider.use(async (ctx, next) => {
    await catchAll(ctx, async () => {
      await waitForWrites(ctx, next);
      const found = readAutoForm(ctx.body);
      if (found) await submit(ctx as KoaContextWithOIDC, found);
    });
    if (ctx.status >= 400) tellProgram(ctx);
  });
  provider.use(guard.refuseOddRequests);
  provider.use(redirectPost);
  provider.use(refuseUnpushed);
  return provider.callback();
}
