// Whether Redis is in order, and whether this machine's clock agrees with Redis's.
import type { Cluster, Redis } from 'ioredis';
import type { Client } from './client.ts';
import type { Deadlines } from './deadlines.ts';

/** Rows expire by each node's clock: further apart (ms) than this, nodes would disagree about what exists. */
const tolerance = 5000;

type Measuring = { client: Client; deadlines: Deadlines; now: () => number };

/** Answers what is wrong, in one sentence for the operator; undefined: nothing. Rejects when Redis doesn't answer. */
export async function findProblem({ client, deadlines, now }: Measuring): Promise<string | undefined> {
  const servers = serversOf(client);
  if (servers.length === 0) throw new Error('no server of the cluster is known');
  if (client.isCluster && !/^cluster_state:ok/m.test(await (client as Cluster).cluster('INFO'))) {
    return 'The Redis Cluster is not in order: CLUSTER INFO tells why';
  }
  for (const server of servers) {
    const before = now();
    const time = await readTime(server);
    deadlines.learn(time);
    const problem = compareClocks(time, { before, after: now() });
    if (problem) return problem;
  }
  // A Cluster's servers say themselves where a write goes.
  if (!client.isCluster && /^role:slave/m.test(await client.info('replication'))) return 'This Redis is a replica, which takes no writes';
}

/** Answers what works, but may forget budgets and replay marks that still count, in a sentence for the operator. */
export async function findRisk(client: Client): Promise<string | undefined> {
  for (const server of serversOf(client)) {
    const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(await server.info('memory')) ?? [];
    if (policy !== 'noeviction') return `When Redis is full it forgets what still counts (maxmemory-policy ${policy})`;
  }
}

/** Milliseconds since the epoch. */
export async function readTime(server: Redis | Cluster): Promise<number> {
  const [seconds, microseconds] = await server.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

function serversOf(client: Client): (Redis | Cluster)[] {
  return client.isCluster ? (client as Cluster).nodes('master') : [client];
}

/** The journey takes time: only what lies outside of it is a difference. */
function compareClocks(time: number, { before, after }: { before: number; after: number }): string | undefined {
  const [ahead, behind] = [before - time, time - after];
  if (Math.max(ahead, behind) <= tolerance) return undefined;
  const difference = ahead > 0 ? `${(ahead / 1000).toFixed(1)} s ahead of` : `${(behind / 1000).toFixed(1)} s behind`;
  return `This machine's clock is ${difference} Redis's; at most ${tolerance / 1000} s are allowed`;
}
