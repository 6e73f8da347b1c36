// The connection: what may wait, for how long, and how it comes back. Nothing is queued for a server that isn't there, and nothing
// that was sent is ever sent again: whether it happened is not known.
import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { Address } from './address.ts';
import { isReadOnly } from './failures.ts';
import { indexScripts } from './index-scripts.ts';
import { ledgerScripts } from './ledger-scripts.ts';
import { rowScripts } from './row-scripts.ts';

type Argument = string | number;
type OneKey = keyof typeof rowScripts | keyof typeof indexScripts;
type ManyKeys = keyof typeof ledgerScripts;

/** The scripts are methods of the client: of one key, or of as many as their first argument says. */
type Scripts = Record<OneKey, (key: string, ...rest: Argument[]) => Promise<unknown>> &
  Record<ManyKeys, (keys: number, ...rest: Argument[]) => Promise<unknown>>;

export type Client = (Redis | Cluster) & Scripts;

export type Timeouts = { commandTimeoutMs: number; connectTimeoutMs: number };
export type Security = { ca?: string | Buffer };

const slowestRetry = 1000;
const farewellMs = 250;

const scripts = Object.fromEntries([
  ...Object.entries({ ...rowScripts, ...indexScripts }).map(([name, lua]) => [name, { lua, numberOfKeys: 1 }]),
  ...Object.entries(ledgerScripts).map(([name, lua]) => [name, { lua }]),
]) as Record<string, { lua: string; numberOfKeys?: number }>;

export type Connection = {
  client: Client;
  /** Why there is no connection now; undefined if there is one, or nobody knows. */
  complaint(): string | undefined;
  /** Resolves when there is a connection, or after so many milliseconds. */
  settle(milliseconds: number): Promise<void>;
  /** What is written until all promises' work of this turn is done leaves as one write to the socket. */
  gather(): void;
};

/** The connection is made, and made again, in the background. */
export async function createClient(address: Address, { timeouts, tls }: { timeouts: Timeouts; tls?: Security }): Promise<Connection> {
  const { Cluster, Redis } = await import('ioredis');
  const common = connectionOptions(address, { timeouts, tls });
  const client =
    address.mode === 'cluster'
      ? new Cluster(address.hosts, clusterOptions(common, timeouts))
      : new Redis({ ...common, ...serverOptions(address, { timeouts, tls }), enableOfflineQueue: false, retryStrategy, scripts });
  let complaint: string | undefined;
  // The operations are refused meanwhile; without a listener the driver would print it.
  client.on('error', (error: Error & { lastNodeError?: Error }) => (complaint = (error.lastNodeError ?? error).message));
  client.on('ready', () => (complaint = undefined));
  return {
    client: client as Client,
    complaint: () => complaint,
    gather: () => gatherWrites(client),
    settle: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        client.once('ready', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/**
 * Not by the driver's pipelines: each has a getter, and so would outlive its request with all that hangs on it (docs/decisions/0013); and
 * one that a Cluster answers with MOVED in parts can't be sent on. To which of a Cluster's servers a command will go isn't known here.
 */
function gatherWrites(client: Redis | Cluster): void {
  if (client.isCluster) return;
  // None where the first connection was never made.
  const stream = (client as Redis).stream as Redis['stream'] | undefined;
  stream?.cork();
  queueMicrotask(() => process.nextTick(() => stream?.uncork()));
}

function connectionOptions(address: Address, { timeouts, tls }: { timeouts: Timeouts; tls?: Security }): RedisOptions {
  return {
    username: address.username,
    password: address.password,
    db: address.database,
    tls: address.secure ? { ...tls } : undefined,
    connectTimeout: timeouts.connectTimeoutMs,
    // A server that says nothing for so long, though it was asked (or greeted, on a new connection), is taken for dead: from then on
    // callers are refused at once. What bounds an operation is in calls.ts.
    socketTimeout: timeouts.commandTimeoutMs,
    // The driver waits so long for the end of a connection, also of one that has ended already, and holds up the process meanwhile.
    disconnectTimeout: farewellMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    maxLoadingRetryTime: slowestRetry,
    disableClientInfo: true,
    // After a failover this connection leads to a replica: the next one asks again who the primary is.
    reconnectOnError: isReadOnly,
  };
}

function serverOptions(
  { mode, hosts, primary, ...address }: Address,
  { timeouts, tls }: { timeouts: Timeouts; tls?: Security },
): RedisOptions {
  if (mode === 'single') return { ...hosts[0] };
  return {
    sentinels: hosts,
    name: primary,
    sentinelUsername: address.sentinelUsername,
    sentinelPassword: address.sentinelPassword,
    sentinelTLS: address.secure ? { ...tls } : undefined,
    enableTLSForSentinelMode: address.secure,
    sentinelCommandTimeout: timeouts.commandTimeoutMs,
    sentinelRetryStrategy: retryStrategy,
    sentinelReconnectStrategy: retryStrategy,
    failoverDetector: true,
  };
}

/**
 * `retryDelayOnFailover: 0`: a command whose connection was lost isn't repeated. What a server refused to begin is, until its deadline.
 */
function clusterOptions(redisOptions: RedisOptions, { connectTimeoutMs }: Timeouts): ClusterOptions {
  return {
    redisOptions,
    scripts,
    // For commands to a server that is just being connected; those for a Cluster that isn't there are refused before (see calls.ts).
    enableOfflineQueue: true,
    retryDelayOnFailover: 0,
    slotsRefreshTimeout: connectTimeoutMs,
    clusterRetryStrategy: retryStrategy,
  };
}

function retryStrategy(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 10), slowestRetry) * (0.75 + Math.random() / 4);
}
