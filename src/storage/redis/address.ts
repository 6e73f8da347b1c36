// What a Redis URL says: one server, a Cluster, or Sentinels that know which server is the primary one. WHATWG URLs know no list of hosts.

export type Host = { host: string; port: number };

export type Address = {
  mode: 'single' | 'cluster' | 'sentinel';
  hosts: Host[];
  secure: boolean;
  username?: string;
  password?: string;
  /** The number of the database; a Cluster has only 0. */
  database: number;
  /** What the Sentinels call the primary server. */
  primary?: string;
  sentinelUsername?: string;
  sentinelPassword?: string;
};

const shape =
  /^redis(?<secure>s?)(?:\+(?<mode>cluster|sentinel))?:\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?@]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;

const usualPorts = { single: 6379, cluster: 6379, sentinel: 26_379 };

/**
 * `redis://[user:password@]host[:port][/database]`, `redis+cluster://host:port,host:port`,
 * `redis+sentinel://host:port,host:port/primary[/database]`; `rediss` instead of `redis` for TLS.
 * @throws {TypeError} whose message never repeats the URL: it may hold a password
 */
export function parseAddress(url: string): Address {
  const parts = shape.exec(url)?.groups;
  if (!parts) throw new TypeError('The Redis URL must look like redis://, redis+cluster:// or redis+sentinel:// with at least one host');
  const mode = (parts.mode ?? 'single') as Address['mode'];
  const hosts = parts.hosts!.split(',').map((host) => parseHost(host, usualPorts[mode]));
  if (mode === 'single' && hosts.length > 1)
    throw new TypeError('A Redis URL with several hosts must start with redis+cluster:// or redis+sentinel://');
  const path = (parts.path ?? '').split('/').filter(Boolean).map(decodeURIComponent);
  const primary = mode === 'sentinel' ? path.shift() : undefined;
  if (mode === 'sentinel' && !primary)
    throw new TypeError('The Redis URL must name the primary behind the Sentinels: redis+sentinel://host:port/name');
  const query = new URLSearchParams(parts.query);
  return {
    mode,
    hosts,
    primary,
    secure: parts.secure === 's',
    username: decode(parts.username),
    password: decode(parts.password),
    database: parseDatabase(path, mode),
    sentinelUsername: query.get('sentinelUsername') ?? undefined,
    sentinelPassword: query.get('sentinelPassword') ?? undefined,
  };
}

function parseHost(text: string, usualPort: number): Host {
  // An IPv6 address stands in brackets.
  const parts = /^(?:\[(?<address>[\da-f:.]+)\]|(?<name>[^:[\]]+))(?::(?<port>\d{1,5}))?$/i.exec(text)?.groups;
  if (!parts) throw new TypeError('The Redis URL holds a host that cannot be read; it must be host, host:port or [IPv6 address]:port');
  return { host: (parts.address ?? parts.name)!, port: parts.port ? Number(parts.port) : usualPort };
}

function parseDatabase(path: string[], mode: Address['mode']): number {
  const [text = '0', ...rest] = path;
  if (!/^\d+$/.test(text) || rest.length > 0) throw new TypeError('The path of the Redis URL must be the number of a database');
  if (mode === 'cluster' && Number(text) !== 0) throw new TypeError('A Redis Cluster has no databases but 0');
  return Number(text);
}

function decode(text: string | undefined): string | undefined {
  return text ? decodeURIComponent(text) : undefined;
}
