// The issuer's own address: whoever opens it learns whose service this is. In development it leads on, on this machine only.
import type { Context, Middleware } from 'koa';
import type { ClientMetadata } from 'oidc-provider';
import type { Outbox } from '../dev/outbox.ts';
import { isLocalPeer } from '../peer.ts';
import type { Renderer } from '../render.ts';

type Deps = {
  renderer: Renderer;
  outbox: Outbox | undefined;
  settings: { mode: string; clients: { registered: readonly ClientMetadata[] } };
};

/** Where an app's people come in, if it runs on the web. */
function homeOf({ client_id: id, client_name: name, redirect_uris: [first = ''] = [] }: ClientMetadata) {
  return /^https?:/.test(first) ? [{ name: name ?? id, url: `${new URL(first).origin}/` }] : [];
}

export function createWelcomePage({ renderer, outbox, settings }: Deps): Middleware {
  const apps = settings.mode === 'development' ? settings.clients.registered.flatMap(homeOf) : [];

  return async (ctx: Context) => {
    const trusted = isLocalPeer(ctx);
    await renderer.render(ctx, 'home/welcome', {
      setting: { locale: renderer.localeOf(ctx), formOf: '' },
      apps: trusted ? apps : [],
      outbox: trusted && outbox !== undefined,
    });
  };
}
