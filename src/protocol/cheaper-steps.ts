// Steps of the library's routes that cost much, in whose place stand ones that do the same for less. They are told by their names, and
// where a version of the library has none of that name it keeps its own.
import type { Next } from 'koa';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
// @ts-expect-error -- no types: what `Provider.ctx` reads.
import requests from 'oidc-provider/lib/helpers/als.js';
// @ts-expect-error -- no types: what the library's constructor lays its routes out with.
import Router from 'oidc-provider/lib/helpers/router.js';

type Step = (ctx: KoaContextWithOIDC, next: Next) => unknown;
type Register = (name: string, path: string, ...steps: Step[]) => unknown;
type Inside = { OIDCContext: new (ctx: KoaContextWithOIDC) => KoaContextWithOIDC['oidc'] };

const cheaper: Record<string, (step: Step) => Step> = {
  /**
   * The library's own gives each context a getter. V8 counts a pair of accessors among what is old from the start: through it a request
   * that was answered long ago outlived every small collection of garbage, with all that hung on it, until the next whole one.
   */
  ensureOIDC: () => (ctx, next) => {
    const { OIDCContext } = ctx.app as unknown as Inside;
    Object.assign(ctx, { oidc: new OIDCContext(ctx) });
    return requests.run(ctx, () => next());
  },

  /** The library's own has each token's header read, and catches the error that comes of an opaque one. */
  rejectStructuredTokens: (step) => (ctx, next) => (String(ctx.oidc.params?.token).includes('.') ? step(ctx, next) : next()),
};

const methods = ['get', 'post', 'put', 'delete', 'options'] as const;

/** @param construct makes a provider, and its routes with it */
export function withCheaperSteps(construct: () => Provider): Provider {
  const routes = Router.prototype as Record<(typeof methods)[number], Register>;
  const own = Object.fromEntries(methods.map((method) => [method, routes[method]])) as typeof routes;
  for (const method of methods) {
    routes[method] = function register(name, path, ...steps) {
      return own[method].call(this, name, path, ...steps.map((step) => cheaper[step.name]?.(step) ?? step));
    };
  }
  try {
    return construct();
  } finally {
    Object.assign(routes, own);
  }
}
