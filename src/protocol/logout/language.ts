// Signing out takes three pages, and only the first is asked for with `ui_locales`: the others get it on their addresses.
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Where the answer to "Sign out?" is posted. */
export function answerAddress({ oidc }: KoaContextWithOIDC): string {
  const { pathname } = new URL(oidc.urlFor('end_session_confirm'));
  const language = oidc.params?.ui_locales;
  return typeof language === 'string' ? `${pathname}?${new URLSearchParams({ ui_locales: language }).toString()}` : pathname;
}

/** After the answer: on to the last page, if that is ours. */
export function carryLanguage(ctx: Context): void {
  const { oidc } = ctx as Partial<KoaContextWithOIDC>;
  const language = ctx.query.ui_locales;
  const location = ctx.response.get('Location');
  if (oidc?.route !== 'end_session_confirm' || typeof language !== 'string' || !location) return;
  const next = new URL(location);
  if (next.origin + next.pathname !== oidc.urlFor('end_session_success')) return;
  next.searchParams.set('ui_locales', language);
  ctx.set('Location', next.href);
}
