// /device: a code from another device is entered, confirmed, and answered for (RFC 8628, 3.3).
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import { isPermission, type Resources } from '../../domain/resources.ts';
import { translator } from '../../locales/index.ts';
import { describeApp } from '../../protocol/clients/client.ts';
import type { DevicePages } from '../../protocol/device-flow.ts';
import { clockTime } from '../clock.ts';
import type { Renderer, Setting } from '../render.ts';
import { nameForSession } from '../sign-in/session-addresses.ts';

type Deps = { renderer: Renderer; accounts: Pick<Accounts, 'get'>; resources: Resources; issuer: string; now: () => number };

export function createDevicePages({ renderer, accounts, resources, issuer, now }: Deps): DevicePages {
  function settingOf(ctx: KoaContextWithOIDC, uiLocales?: unknown): Setting {
    const { client } = ctx.oidc;
    return { locale: renderer.localeOf(ctx, uiLocales), formOf: '', client: client && describeApp(client, issuer) };
  }

  return {
    async enterUserCode(ctx, form, error) {
      const setting = { ...settingOf(ctx), client: undefined };
      if (!error) return renderer.render(ctx, 'device/enter', { setting, ...form });
      const { retryAt } = error.details;
      if (retryAt !== undefined) ctx.set('Retry-After', String(Math.max(1, Math.ceil((retryAt - now()) / 1000))));
      const time = retryAt === undefined ? '' : clockTime(renderer.regionalOf(ctx, setting.locale), retryAt, now()).clock;
      const message = translator(setting.locale)(`errors.${error.code}`, { time });
      const wrong = { code: error.code, message, field: 'user_code' };
      await renderer.render(ctx, 'device/enter', { setting: { ...setting, status: error.status, error: wrong }, ...form });
    },

    async confirmDevice(ctx, { uiLocales, session, items, ...form }) {
      const setting = settingOf(ctx, uiLocales);
      const record = session && (await accounts.get(session.account));
      const account = record && session ? nameForSession(record, session) : '';
      const described = items.map(({ name }) => {
        const words = isPermission(name) ? resources.describe(name, setting.locale) : undefined;
        return { name, label: words?.label, about: words?.of };
      });
      await renderer.render(ctx, 'device/confirm', { setting, account, items: described, ...form });
    },

    async deviceStopped(ctx) {
      await renderer.render(ctx, 'device/stopped', { setting: settingOf(ctx, ctx.oidc.params?.ui_locales) });
    },

    async deviceConnected(ctx) {
      await renderer.render(ctx, 'device/connected', { setting: settingOf(ctx, ctx.oidc.params?.ui_locales) });
    },
  };
}
