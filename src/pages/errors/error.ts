// Dead ends: one place answers whatever was thrown, with the right status, a request id and a way on.
import type { Context, Next } from 'koa';
import { AppError } from '../../errors.ts';
import { translator } from '../../locales/index.ts';
import { isForPrograms } from '../../protocol/routes.ts';
import type { Renderer } from '../render.ts';

export type DeadEnd = {
  code: string;
  status: number;
  retryAt?: number;
  client?: { name: string; uri?: string };
  uiLocales?: unknown;
  technical?: { error: string; description?: string };
};

type Deps = {
  renderer: Renderer;
  supportUrl?: string;
  now: () => number;
  /** Tells the log of a bug; expected failures are not told. */
  onBug: (error: unknown, requestId: string) => void;
  /** Tells the log what the reference on the page stands for. */
  onShown: (end: { code: string; status: number; requestId: string }) => void;
};

export type ErrorPage = ReturnType<typeof createErrorPage>;

/** What koa and the body parser throw for bad input. */
function fromHttpError(error: { status?: number }): string {
  if (error.status === 413) return 'request_too_large';
  return error.status !== undefined && error.status >= 400 && error.status < 500 ? 'request_invalid' : 'server_error';
}

export function createErrorPage({ renderer, supportUrl, now, onBug, onShown }: Deps) {
  function wayOn(ctx: Context, { code, client }: DeadEnd): string | undefined {
    if (['form_stale', 'too_many_requests', 'unavailable'].includes(code) && ctx.method === 'GET') return ctx.path;
    if (['form_stale', 'origin_refused', 'unavailable', 'request_invalid', 'request_too_large'].includes(code)) {
      const begun = /^(\/interaction\/[\w-]+|\/device(?=\/|$))/.exec(ctx.path);
      if (begun) return begun[0];
    }
    return client?.uri ?? supportUrl;
  }

  async function show(ctx: Context, end: DeadEnd): Promise<void> {
    const requestId = String(ctx.state.requestId);
    onShown({ code: end.code, status: end.status, requestId });
    // Where the answer was to go before it came to this, perhaps with a code.
    ctx.remove('Location');
    if (end.retryAt !== undefined) ctx.set('Retry-After', String(Math.max(1, Math.ceil((end.retryAt - now()) / 1000))));
    else if (end.status === 503) ctx.set('Retry-After', '5');
    if (isForPrograms(ctx.path) || !ctx.accepts('html')) {
      ctx.status = end.status;
      ctx.body = { error: end.technical?.error ?? end.code, error_description: end.technical?.description, request_id: requestId };
      return;
    }
    const locale = renderer.localeOf(ctx, end.uiLocales ?? ctx.state.uiLocales);
    const t = translator(locale);
    const words = t(`dead_ends.${end.code}.heading`) === `dead_ends.${end.code}.heading` ? 'server_error' : end.code;
    const heading = t(`dead_ends.${words}.heading`);
    const href = wayOn(ctx, end);
    await renderer.render(ctx, 'errors/error', {
      setting: { locale, formOf: '', client: end.client, status: end.status, title: heading },
      status: end.status,
      code: end.code,
      heading,
      explanation: t(`dead_ends.${words}.explanation`),
      requestId,
      action: href ? { label: t(href === supportUrl ? 'layout.get_help' : `dead_ends.${words}.action`), href } : undefined,
      technical: end.technical,
    });
  }

  /** Outermost but for headers: nothing that is thrown below gets past it. */
  async function catchAll(ctx: Context, next: Next): Promise<void> {
    try {
      await next();
      if (ctx.status === 404 && !ctx.body && ctx.respond !== false) throw new AppError('not_found');
    } catch (error) {
      if (error instanceof AppError) {
        const { code, status, details } = error;
        return show(ctx, { code, status, retryAt: details.retryAt, client: ctx.state.app });
      }
      const code = fromHttpError(error as { status?: number });
      if (code === 'server_error') onBug(error, String(ctx.state.requestId));
      return show(ctx, { code, status: code === 'server_error' ? 500 : code === 'request_too_large' ? 413 : 400, client: ctx.state.app });
    }
  }

  return { show, catchAll };
}
