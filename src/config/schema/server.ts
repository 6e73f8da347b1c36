// Where the program listens, what it is called from outside, and what it says while it runs.
import { z } from 'zod';
import { group, seconds, setting } from './setting.ts';

// Compared as text with what relying parties send, so that only the one way to write it is taken.
const withItsOwnPort = /^(http:\/\/[^/]+:80|https:\/\/[^/]+:443)$/;
const issuer = z
  .string()
  .refine(
    (url) => withItsOwnPort.test(url) || (/^https?:/.test(url) && URL.parse(url)?.origin === url),
    'must be an origin such as https://id.example.com, without a path or a slash at the end',
  )
  .refine(
    (url) => !withItsOwnPort.test(url),
    'must be without the port, which http (80) and https (443) have anyway: browsers leave it out',
  );

export const server = group({
  port: setting(z.int().min(0).max(65535).default(3000), 'The port to listen on; 0 picks a free one.', { env: 'PORT' }),
  host: setting(z.string().min(1).optional(), 'The address to listen on; every interface if left out.', { env: 'HOST' }),
  issuer: setting(
    issuer.optional(),
    'The issuer: the one origin at which people and relying parties reach Latchkey. http is for loopback only. `http://localhost:<port>` in development; required in production.',
    { env: 'ISSUER' },
  ),
  trustedProxies: setting(
    z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be an IP address or a CIDR range')).default([]),
    'Addresses or CIDR ranges of the proxies whose `X-Forwarded-For` counts, comma-separated in the environment. No rule of this version counts by IP address yet.',
    { env: 'TRUSTED_PROXIES' },
  ),
  metricsToken: setting(
    z.string().min(16).optional(),
    'The bearer token that `/metrics` asks for; without one it answers this machine in development, and nobody in production.',
    {
      env: 'METRICS_TOKEN',
      secret: true,
    },
  ),
  keepAliveSeconds: seconds(
    75,
    'How long an idle connection is kept. Longer than a proxy in front keeps its own (60 s in nginx, AWS), or it sends a request into one that is just being closed.',
  ),
  unreadySeconds: setting(
    z.int().min(0).default(5),
    'How long a node that was told to stop still takes connections: `/health/ready` says 503 meanwhile, so that proxies have turned away when the port closes. Longer than they need to notice.',
  ),
  shutdownSeconds: seconds(20, 'How long a stop takes at most: `unreadySeconds`, then requests and sends under way.'),
});

export const log = group({
  level: setting(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'), 'How much is logged.', {
    env: 'LOG_LEVEL',
  }),
  pretty: setting(z.boolean().default(false), 'Lines for people instead of JSON (needs the development dependencies).'),
});
