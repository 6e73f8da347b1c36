// Renders views: what every one of them is given.
import type { Context } from 'koa';
import type { Keys } from '../keys/keys.ts';
import { chooseLocale, chooseRegional, direction, type Translate, translator } from '../locales/index.ts';
import type { Assets } from './assets.ts';
import type { ViewEngine } from './view-engine.ts';
import type { Frame, ViewName, Views } from './views.ts';

export type Branding = { name: string; logo?: string; supportUrl?: string; privacyUrl?: string; termsUrl?: string; defaultLocale: string };

/** What differs from page to page besides the view's own locals. */
export type Setting = {
  locale: string;
  /** What the form token is bound to: the interaction's uid, or another name of the browser's visit. */
  formOf: string;
  base?: string;
  client?: Frame['client'];
  appElsewhere?: boolean;
  error?: Frame['error'];
  notice?: string;
  noticeTime?: Frame['noticeTime'];
  status?: number;
  /** Which variant of the view's title; a view may have several. */
  titleContext?: string;
  /** Instead of the view's own title. */
  title?: string;
};

export type Renderer = ReturnType<typeof createRenderer>;

type Deps = { branding: Branding; assets: Assets; keys: Keys; views: ViewEngine };

export function createRenderer({ branding, assets, keys, views }: Deps) {
  const { name, supportUrl, privacyUrl, termsUrl } = branding;
  const brand = { name, supportUrl, privacyUrl, termsUrl, logo: branding.logo && assets.url(branding.logo) };

  function localeOf(ctx: Context, uiLocales?: unknown): string {
    return chooseLocale(wishesOf(ctx, uiLocales));
  }

  const wishesOf = (ctx: Context, uiLocales: unknown) => ({
    uiLocales: typeof uiLocales === 'string' ? uiLocales : undefined,
    acceptLanguage: ctx.get('Accept-Language') || undefined,
    fallback: branding.defaultLocale,
  });

  /** What dates and times of a page are formatted with. */
  const regionalOf = (ctx: Context, locale: string, uiLocales?: unknown) => chooseRegional(locale, wishesOf(ctx, uiLocales));

  /** The token that a form of this visit must bring back. */
  const formToken = (formOf: string) => keys.derive('form', formOf);

  async function render<V extends ViewName>(ctx: Context, view: V, locals: Views[V] & { setting: Setting }): Promise<void> {
    const { setting, ...own } = locals;
    const t: Translate = translator(setting.locale);
    const frame: Frame = {
      t,
      locale: setting.locale,
      dir: direction(setting.locale),
      title:
        setting.title ??
        t(`pages.${view}.title`, { client: setting.client?.name ?? brand.name, brand: brand.name, context: setting.titleContext }),
      brand,
      asset: assets.url,
      csrf: formToken(setting.formOf),
      base: setting.base ?? '',
      client: setting.client,
      appElsewhere: setting.appElsewhere ?? false,
      error: setting.error,
      notice: setting.notice,
      noticeTime: setting.noticeTime,
    };
    ctx.status = setting.status ?? 200;
    ctx.set('Content-Language', setting.locale);
    // With its ending, a view's file is found at the first look.
    await views(ctx, `${view}.ejs`, { ...frame, ...own });
  }

  return { render, localeOf, regionalOf, formToken };
}
