// Thousands of operations at once, while processes and stores are killed and stalled: nothing happens twice that may happen
// once, nothing that has ended is active, and nothing that was acknowledged is lost. HISTORY_SEED repeats what was chosen,
// HISTORY_OPERATIONS says how many operations there are.
import { expect, test } from '@jest/globals';
import { describeOnServers } from '../helpers/servers.ts';
import { deployEmbedded, type Deployment, deployServers } from './deployments.ts';
import { type Plan, tell, type Told } from './history.ts';
import type { Kind } from './operation.ts';
import { createRandom, type Random } from './random.ts';
import { causeTroubles } from './troubles.ts';

const seed = Number(process.env.HISTORY_SEED ?? Date.now() % 1_000_000);
const asked = Number(process.env.HISTORY_OPERATIONS ?? 10_000);
const patience = 600_000;

/** What a history must hold enough of to say anything: of so many operations, so many of each kind were done. */
const shares: Record<Kind, number> = {
  issue: 0.01,
  verify: 0.005,
  link: 0.001,
  authorize: 0.05,
  redeem: 0.05,
  rotate: 0.01,
  use: 0.005,
  revoke: 0.001,
  'sign-out': 0.0005,
  consent: 0.003,
  claims: 0.003,
};

async function live(deploy: (random: Random) => Promise<Deployment>, operations: number): Promise<Told> {
  const random = createRandom(seed).fork(3);
  const deployment = await deploy(random);
  try {
    const plan = { seed, operations, atOnce: 40, steps: [8, 40] } satisfies Plan;
    return await tell(deployment, plan, (progress) => causeTroubles(deployment, random, progress));
  } finally {
    await deployment.close();
  }
}

/** What must be empty. */
const clean = { anomalies: [], bugs: [], missing: [] };

/** `bugs`: answers that no outage excuses. `missing`: kinds that were done too seldom to say anything. */
function judge({ history, anomalies, bugs, okOf, happened }: Told, operations: number): Record<keyof typeof clean, unknown[]> {
  const unknown = history.filter(({ outcome }) => outcome === 'unknown').length;
  const told = `${history.length} operations and looks, ${unknown} of unknown outcome; ${happened.join(', ')}`;
  process.stdout.write(`HISTORY_SEED=${seed}: ${told}\n`);
  const missing = Object.entries(shares).filter(([kind, share]) => (okOf[kind as Kind] ?? 0) < Math.floor(share * operations));
  return { anomalies, bugs, missing };
}

test(
  'one process on the embedded store, killed again and again: no anomaly',
  async () => {
    const operations = Math.ceil(asked / 10);
    expect(judge(await live(deployEmbedded, operations), operations)).toEqual(clean);
  },
  patience,
);

describeOnServers('two processes over MongoDB and Redis', () => {
  test(
    'which are all killed, stopped and started again: no anomaly',
    async () => {
      expect(judge(await live(deployServers, asked), asked)).toEqual(clean);
    },
    patience,
  );
});
