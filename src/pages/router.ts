// The route table, and nothing else.
import Router from '@koa/router';
import type { Middleware } from 'koa';
import { readPostedForm } from '../protocol/posted-form.ts';

export type Page = { show: Middleware; submit?: Middleware };

export type Pages = {
  dispatcher: Middleware;
  /** Where only forms lead. */
  toDispatcher: Middleware;
  email: Required<Page>;
  identifier: Required<Page>;
  phone: Required<Page> & { decline: Middleware };
  code: Required<Page> & { resend: Middleware; different: Middleware };
  numberUsed: Page;
  chooseAccount: Required<Page>;
  consent: Required<Page>;
  waysOut: { cancel: Middleware; restart: Middleware };
  welcome: Middleware;
  outbox: { json: Middleware; show: Middleware };
  operations: { live: Middleware; ready: Middleware; metrics: Middleware };
  asset: Middleware;
  logo: Middleware;
};

const form = readPostedForm({ limit: '16kb' });

export function createRouter(pages: Pages): Router {
  const router = new Router();

  const step = (name: string, page: Page) => {
    router.get(`/interaction/:uid/${name}`, page.show);
    if (page.submit) router.post(`/interaction/:uid/${name}`, form, page.submit);
  };

  router.get('/', pages.welcome);
  router.get('/interaction/:uid', pages.dispatcher);
  step('email', pages.email);
  step('identifier', pages.identifier);
  step('phone', pages.phone);
  step('code', pages.code);
  step('number-used', pages.numberUsed);
  step('choose-account', pages.chooseAccount);
  step('consent', pages.consent);

  // What was refused stays at its own address, and browsers load that anew.
  const action = (name: string, act: Middleware) => {
    router.get(`/interaction/:uid/${name}`, pages.toDispatcher);
    router.post(`/interaction/:uid/${name}`, form, act);
  };
  action('resend', pages.code.resend);
  action('different', pages.code.different);
  action('decline', pages.phone.decline);
  action('restart', pages.waysOut.restart);
  action('cancel', pages.waysOut.cancel);

  router.get('/dev/outbox', pages.outbox.show);
  router.get('/dev/outbox.json', pages.outbox.json);
  router.get('/health/live', pages.operations.live);
  router.get('/health/ready', pages.operations.ready);
  router.get('/metrics', pages.operations.metrics);
  router.get('/assets/:name', pages.asset);
  router.get('/logos/:name', pages.logo);
  return router;
}
