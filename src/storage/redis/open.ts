// The expiring home on Redis: one server, Sentinels, or a Cluster.
import type { Expiring } from '../port.ts';
import { parseAddress } from './address.ts';
import { openCalls } from './calls.ts';
import { createClient, type Security } from './client.ts';
import { createDeadlines } from './deadlines.ts';
import { openExpiring } from './expiring.ts';
import { findProblem, findRisk } from './health.ts';
import { nameKeys } from './keys.ts';

export type RedisSettings = {
  /** See address.ts. */
  url: string;
  /** Begins every key; for a Redis that is shared. */
  prefix?: string;
  /** After this long (ms) an operation is refused as unavailable, and a silent connection is given up. */
  commandTimeoutMs?: number;
  connectTimeoutMs?: number;
  /** For `rediss`: the certificate authorities, in PEM, instead of those that Node knows. */
  tls?: Security;
};

export type RedisHome = {
  expiring: Expiring;
  /** Rejects, in a sentence for the operator, when Redis doesn't answer or its clock is more than 5 s off `now`. */
  check(): Promise<void>;
  /** What works, but is not set as docs/storage-redis.md says; undefined: nothing. */
  findRisk(): Promise<string | undefined>;
  /** Finishes what was asked for; whatever comes later is refused as unavailable. */
  close(): Promise<void>;
};

/**
 * Resolves when Redis is connected, or when it couldn't be within the time limit: then operations are refused until it can, and
 * `check` tells why. `now`: milliseconds since the epoch.
 * @throws {TypeError} if the settings can't be read
 */
export async function openRedis(settings: RedisSettings, now: () => number): Promise<RedisHome> {
  const { url, prefix = 'latchkey:', commandTimeoutMs = 2000, connectTimeoutMs = 2000, tls } = settings;
  const names = nameKeys(prefix);
  const deadlines = createDeadlines();
  const connection = await createClient(parseAddress(url), { timeouts: { commandTimeoutMs, connectTimeoutMs }, tls });
  const { client } = connection;
  const calls = openCalls({
    deadlines,
    timeoutMs: commandTimeoutMs,
    isConnected: () => client.status === 'ready',
    gather: connection.gather,
  });
  const measure = { client, deadlines, now };
  // Each connection may lead to another server, whose clock is another one. A check will tell what went wrong.
  client.on('ready', () => void calls.call(() => findProblem(measure)).catch(() => undefined));
  await connection.settle(connectTimeoutMs);

  return {
    expiring: openExpiring({ client, calls, names, now }),

    async check() {
      const problem = await calls
        .call(() => findProblem(measure))
        .catch((error: Error) => {
          const { message } = (error.cause ?? error) as Error;
          return `Redis does not answer: ${connection.complaint() ?? message}`;
        });
      if (problem) throw new Error(problem);
    },

    findRisk: () => calls.call(() => findRisk(client)),

    async close() {
      await calls.close();
      client.disconnect();
    },
  };
}
