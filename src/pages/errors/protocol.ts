// The protocol library's own pages, in our words: errors that must not go back to a client, signing out, signed out.
import type { Context } from 'koa';
import type { Client } from 'oidc-provider';
import { AppError } from '../../errors.ts';
import { describeApp } from '../../protocol/clients/client.ts';
import { isForPrograms } from '../../protocol/routes.ts';
import { seeOther } from '../form.ts';
import type { Renderer } from '../render.ts';
import type { ErrorPage } from './error.ts';

type LibraryContext = Context & { oidc: { client?: Client; params?: Record<string, unknown> } };

const known = ['invalid_client', 'invalid_redirect_uri', 'invalid_request', 'access_denied'];

/** The library says `invalid_request` for a session that is gone, too. */
function codeOf(out: { error: string }, error: Error): string {
  if (error instanceof AppError) return error.code;
  if (error.name === 'SessionNotFound') return 'interaction_gone';
  if (out.error === 'server_error') return 'server_error';
  return known.includes(out.error) ? out.error : 'invalid_request';
}

export function createProtocolPages({ errorPage, renderer, issuer }: { errorPage: ErrorPage; renderer: Renderer; issuer: string }) {
  const clientOf = ({ oidc }: LibraryContext) => oidc.client && describeApp(oidc.client, issuer);

  return {
    async error(ctx: LibraryContext, out: { error: string; error_description?: string }, error: Error): Promise<void> {
      // Another tab was here first, or all of it is over: the sign-in's own pages know which, and what comes next.
      const ended = error.name === 'SessionNotFound' ? /^\/oidc\/authorize\/([\w-]+)$/.exec(ctx.path)?.[1] : undefined;
      if (ended) return seeOther(ctx, `/interaction/${ended}?resumed`);
      // As the library tells a program that accepts JSON (RFC 6749, 5.2).
      if (isForPrograms(ctx.path)) return void (ctx.body = out);
      const code = codeOf(out, error);
      const ours = code === 'server_error' || error instanceof AppError;
      await errorPage.show(ctx, {
        code,
        status: ctx.status >= 400 ? ctx.status : 400,
        client: clientOf(ctx),
        uiLocales: ctx.oidc.params?.ui_locales,
        technical: ours ? undefined : { error: out.error, description: out.error_description },
      });
    },

    async signOut(ctx: LibraryContext, form: { action: string; xsrf: string }): Promise<void> {
      const setting = { locale: renderer.localeOf(ctx, ctx.oidc.params?.ui_locales), formOf: '', client: clientOf(ctx) };
      await renderer.render(ctx, 'sign-out/confirm', { setting, ...form });
    },

    async submit(ctx: LibraryContext, form: { action: string; fields: [string, string][] }): Promise<void> {
      const setting = {
        locale: renderer.localeOf(ctx, ctx.oidc.params?.ui_locales),
        formOf: '',
        client: clientOf(ctx),
        status: ctx.status,
      };
      await renderer.render(ctx, 'hand-over/submit', { setting, ...form, outward: new URL(form.action).origin !== issuer });
    },

    async signedOut(ctx: LibraryContext, { stays }: { stays: boolean }): Promise<void> {
      const client = clientOf(ctx);
      await renderer.render(ctx, 'sign-out/done', {
        setting: { locale: renderer.localeOf(ctx, ctx.query.ui_locales), formOf: '', client, titleContext: stays ? 'stays' : undefined },
        clientUri: client?.uri,
        stays,
      });
    },
  };
}
