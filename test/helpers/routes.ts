// Every route of the pages, read off the router itself, so that a new one is attacked from its first day.
import { createRouter, type Pages } from '../../src/pages/router.ts';

export type Route = { method: string; path: string };

/** Stands in for every page: nothing is ever called. */
const anything: unknown = new Proxy(() => undefined, { get: () => anything });

export function listRoutes(): Route[] {
  return createRouter(anything as Pages).stack.flatMap(({ methods, path }) =>
    methods.filter((method) => method !== 'HEAD').map((method) => ({ method, path: String(path) })),
  );
}

export const protocolPaths = [
  ...['authorize', 'token', 'userinfo', 'jwks', 'introspect', 'revoke', 'par', 'device-authorization', 'sign-out', 'sign-out/confirm'].map(
    (name) => `/oidc/${name}`,
  ),
  '/device',
];
