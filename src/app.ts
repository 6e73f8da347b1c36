// Wires everything: the only file that knows every folder. Returns the app and never listens.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import Koa from 'koa';
import type { ClientMetadata } from 'oidc-provider';
import { tellOfClients } from './config/clients.ts';
import type { Settings } from './config/schema/index.ts';
import { openDelivery } from './delivery/open.ts';
import type { Courier } from './delivery/port.ts';
import { createAccounts } from './domain/accounts/accounts.ts';
import { createChallenges } from './domain/challenges/challenges.ts';
import { createConsents } from './domain/consents/consents.ts';
import { createDevices } from './domain/devices.ts';
import { tellAll } from './domain/events.ts';
import { createNotices } from './domain/notices.ts';
import { createResources } from './domain/resources.ts';
import { createSignInFlow } from './domain/sign-in/sign-ins.ts';
import { createKeys } from './keys/keys.ts';
import { startSigningKeys } from './keys/signing/live.ts';
import { createSigningKeyRing } from './keys/signing/ring.ts';
import { direction, locales, translator } from './locales/index.ts';
import { createLog, logEvents } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { createRequestWatch } from './observability/requests.ts';
import { loadAssets } from './pages/assets.ts';
import { createDevicePages } from './pages/device/device.ts';
import { createErrorPage } from './pages/errors/error.ts';
import { createProtocolPages } from './pages/errors/protocol.ts';
import { createGuard } from './pages/guard.ts';
import { createReadiness } from './pages/operations.ts';
import { createPages } from './pages/pages.ts';
import { createRenderer } from './pages/render.ts';
import { createRouter } from './pages/router.ts';
import { createViewEngine } from './pages/view-engine.ts';
import { afterAnswer, noteAnswer } from './protocol/answers.ts';
import { dressProvider, isProtocols } from './protocol/mount.ts';
import { pinOrigin } from './protocol/origin.ts';
import { createProtocol } from './protocol/protocol.ts';
import { withForesight } from './storage/foresight.ts';
import { openStorage } from './storage/open.ts';
import type { Storage } from './storage/port.ts';

const root = join(import.meta.dirname, '..');

export type App = {
  callback(): (req: IncomingMessage, res: ServerResponse) => void;
  /** This node is not ready any more, and never will be again; it answers as before. */
  leave(): void;
  /** Waits for sends under way (at most so many seconds), then lets go of the store. */
  close(seconds?: number): Promise<void>;
};

/** `clients` come beside those of `clients.file`; a `storage` that is handed over stays its owner's to close. */
export type Parts = { clients?: ClientMetadata[]; storage?: Storage };

export async function createApp(settings: Settings, parts: Parts = {}): Promise<App> {
  const now = () => Date.now();
  const { issuer } = settings.server;
  const log = await createLog(settings.log);
  const metrics = createMetrics({ readable: settings.mode !== 'production' || settings.server.metricsToken !== undefined });
  const events = tellAll([logEvents(log), metrics.countEvents]);
  const keys = createKeys(settings.secrets);
  const { mongo, redis, database } = settings;
  const opened =
    parts.storage ?? (await openStorage({ databaseUrl: database.url, sweepSeconds: database.sweepSeconds, mongo, redis }, now));
  const { storage, inRequest } = withForesight(opened);
  const { records, expiring } = storage;
  const { algorithms, cacheSeconds, checkSeconds } = settings.signingKeys;
  const signingKeys = await startSigningKeys({
    ring: createSigningKeyRing({ records, keys, now, settings }),
    now,
    checkSeconds,
    onTrouble: (err) => log.warn({ err }, 'signing keys'),
  });
  signingKeys.follow((_, known) => log.info({ keys: known.map(({ kid, state }) => `${kid} ${state}`) }, 'signing keys'));

  const delivery = openDelivery({
    settings: settings.delivery,
    branding: settings.branding,
    issuer,
    translator,
    direction,
    now,
    log: (line) => (line.outcome === 'sent' ? log.debug(line, 'delivery') : log.warn(line, 'delivery')),
  });
  const { outbox } = delivery;
  const courier: Courier = { ...delivery.courier, send: (message) => afterAnswer(() => delivery.courier.send(message)) };

  const accounts = createAccounts({ records, keys, events, now });
  const consents = createConsents({ records, keys, now, declineAgainDays: settings.signIn.declineAgainDays });
  const challenges = createChallenges({ expiring, records, keys, courier, events, codes: settings.codes, sending: settings.sending, now });
  const devices = createDevices(keys);
  const resources = createResources(settings.resources.servers);
  const texts = settings.delivery.sms !== 'none';
  const rules = { phoneAlone: settings.signIn.phoneAlone, phoneStaleDays: settings.phone.staleDays, texts };
  const notices = createNotices({ courier, expiring, locale: settings.branding.defaultLocale, now });
  const flow = createSignInFlow({ expiring, keys, accounts, challenges, consents, devices, events, now, rules, notices });

  const { logo } = settings.branding;
  const assets = loadAssets(join(root, 'public'), logo ? { [basename(logo)]: logo } : {});
  const branding = { ...settings.branding, logo: logo && basename(logo) };
  const renderer = createRenderer({ branding, assets, keys, views: createViewEngine(join(root, 'views')) });
  const onBug = (error: unknown, requestId: string) => log.error({ err: error, requestId }, 'bug');
  const errorPage = createErrorPage({ renderer, supportUrl: branding.supportUrl, now, onBug, onShown: (end) => log.info(end, 'dead end') });

  const protocolPages = createProtocolPages({ errorPage, renderer, issuer });
  const { provider, interactions, backChannelLogout, logos } = tellOfClients(() =>
    createProtocol({
      issuer,
      settings,
      storage,
      keys,
      signing: { keys: signingKeys, algorithms, cacheSeconds },
      events,
      now,
      accounts,
      consents,
      resources,
      flow,
      locales,
      clients: [...settings.clients.registered, ...(parts.clients ?? [])],
      pages: { ...protocolPages, ...createDevicePages({ renderer, accounts, resources, issuer, now }) },
    }),
  );
  provider.on('server_error', (ctx, error) => onBug(error, String(ctx.res.getHeader('x-request-id'))));

  const readiness = createReadiness(() => storage.check());
  const pages = createPages({
    settings,
    issuer,
    keys,
    now,
    events,
    accounts,
    consents,
    resources,
    challenges,
    devices,
    flow,
    interactions,
    renderer,
    assets,
    logos,
    outbox,
    operations: { checkReady: readiness.check, metrics: metrics.read },
  });

  const app = new Koa();
  pinOrigin(app, issuer);
  const guard = createGuard(issuer);
  for (const middleware of [noteAnswer, guard.identify, guard.headers, errorPage.catchAll, guard.refuseOddRequests]) app.use(middleware);
  const router = createRouter(pages);
  app.use(router.routes());
  const answerProtocol = dressProvider(provider, { guard, catchAll: errorPage.catchAll, submit: protocolPages.submit });

  const watch = createRequestWatch({ log, metrics });
  return {
    callback() {
      const answerPages = app.callback();
      return (req, res) => {
        watch(req, res);
        void inRequest(() => (isProtocols(req.url ?? '') ? answerProtocol : answerPages)(req, res));
      };
    },
    leave: readiness.leave,
    async close(seconds = settings.server.shutdownSeconds) {
      signingKeys.stop();
      await Promise.all([courier.drain(seconds * 1000), backChannelLogout.close()]);
      delivery.close();
      if (!parts.storage) await storage.close();
    },
  };
}
