// Runs a deployment's life until so many operations are done, and hands over its history and what the checker found in it.
import type { Settings } from '../../src/config/schema/index.ts';
import { type Anomaly, findAnomalies, type Rules } from './laws.ts';
import { createLives } from './lives.ts';
import type { Kind, Operation } from './operation.ts';
import { createRandom } from './random.ts';
import { createRecorder } from './recorder.ts';
import { createWire, type Nodes } from './wire.ts';

/** Shorter pauses only spare time, and more messages only let people go on: none of these limits is what is tested here. */
export const hurried = {
  codes: { doubleSubmitSeconds: 1 },
  sending: { gapsSeconds: [1], emailPerHour: 100, emailPerDay: 100, smsPerHour: 100, smsPerDay: 100 },
} satisfies { [K in keyof Settings]?: Partial<Settings[K]> };

const rules: Rules = { doubleSubmitMs: 1000, retryMs: 10_000, codeLifeMs: 60_000 };

/** `atOnce`: how many lives go on at any time; `steps`: how many things are done in each session, from and to. */
export type Plan = { seed: number; operations: number; atOnce: number; steps: [number, number] };

/** `happened`: which troubles, in order. `bugs`: answers that no outage excuses. `okOf`: how many of each kind were done. */
export type Told = {
  history: Operation[];
  anomalies: Anomaly[];
  bugs: string[];
  okOf: Partial<Record<Kind, number>>;
  happened: string[];
};

/** @param trouble what goes wrong meanwhile, told how much is done (0 to 1); at its end everything has healed */
export async function tell(
  nodes: Nodes,
  plan: Plan,
  trouble: (progress: () => number) => Promise<string[]> = async () => [],
): Promise<Told> {
  const random = createRandom(plan.seed);
  const recorder = createRecorder(plan.operations);
  const wire = createWire(nodes, random.fork(1));
  const lives = createLives({ wire, recorder, random: random.fork(2), steps: plan.steps });

  async function goOn(): Promise<void> {
    while (!recorder.isFull()) await lives.live();
  }

  try {
    const [happened] = await Promise.all([trouble(recorder.progress), ...Array.from({ length: plan.atOnce }, goOn)]);
    await lives.lookAtEverything();
    const { history } = recorder;
    const okOf: Told['okOf'] = {};
    for (const { kind, outcome } of history) if (outcome === 'ok') okOf[kind] = (okOf[kind] ?? 0) + 1;
    return { history, anomalies: findAnomalies(history, rules), bugs: wire.bugs, okOf, happened };
  } finally {
    recorder.stop();
  }
}
