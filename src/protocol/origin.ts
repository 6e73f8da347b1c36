// The canonical origin is configuration: never `Host`, `X-Forwarded-*`, or the name in an absolute request line.
import type Koa from 'koa';

type OriginalRequest = { originalUrl: string };

/** Pins what an app's requests say of the origin they were made to. */
export function pinOrigin(app: Koa, issuer: string): void {
  const { host, hostname, protocol, origin } = new URL(issuer);
  Object.defineProperties(app.request, {
    host: { get: () => host },
    hostname: { get: () => hostname },
    protocol: { get: () => protocol.slice(0, -1) },
    secure: { get: () => protocol === 'https:' },
    href: {
      get(this: OriginalRequest) {
        return `${origin}${this.originalUrl}`;
      },
    },
  });
}
