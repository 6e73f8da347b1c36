// The route table, and nothing else.
import Router from '@koa/router';
import type { Middleware } from 'koa';
import { readPostedForm } from '../protocol/posted-form.ts';

export type Page = { show: Middleware; submit?: Middleware };

export type Pages = {
  dispatcher: Middleware;
  email: Required<Page>;
  identifier: Required<Page>;
  phone: Required<Page> & { decline: Middleware };
  code: Required<Page> & { resend: Middleware; different: Middleware };
  numberUsed: Page;
  chooseAccount: Required<Page>;
  consent: Required<Page>;
  waysOut: { cancel: Middleware; restart: Middleware };
  outbox: { json: Middleware; show: Middleware };
  operations: { live: Middleware; ready: Middleware; metrics: Middleware };
  asset: Middleware;
  logo: Middleware;
};

const form = readPostedForm({ limit: '16kb' });

export function createRouter(pages: Pages): Router {
  const router = new Router();

  const steps = new Map<string, Page>([
    ['email', pages.email],
    ['identifier', pages.identifier],
    ['phone', pages.phone],
    ['code', pages.code],
    ['number-used', pages.numberUsed],
    ['choose-account', pages.chooseAccount],
    ['consent', pages.consent],
  ]);
  const actions = new Map<string, Middleware>([
    ...[...steps].flatMap(([name, { submit }]) => (submit ? [[name, submit] as const] : [])),
    ['resend', pages.code.resend],
    ['different', pages.code.different],
    ['decline', pages.phone.decline],
    ['restart', pages.waysOut.restart],
    ['cancel', pages.waysOut.cancel],
  ]);

  // One pattern for all of them: the router tries its patterns one after the other.
  router.get('/interaction/:uid', pages.dispatcher);
  router.get('/interaction/:uid/:step', (ctx, next) => steps.get(ctx.params.step ?? '')?.show(ctx, next) ?? next());
  router.post('/interaction/:uid/:action', (ctx, next) => {
    const act = actions.get(ctx.params.action ?? '');
    return act ? form(ctx, () => act(ctx, next)) : next();
  });

  router.get('/dev/outbox', pages.outbox.show);
  router.get('/dev/outbox.json', pages.outbox.json);
  router.get('/health/live', pages.operations.live);
  router.get('/health/ready', pages.operations.ready);
  router.get('/metrics', pages.operations.metrics);
  router.get('/assets/:name', pages.asset);
  router.get('/logos/:name', pages.logo);
  return router;
}
