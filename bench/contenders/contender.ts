// One of those who are compared, and how long it takes until it answers.
import { setTimeout as pause } from 'node:timers/promises';
import { openConnection } from '../load/connection.ts';
import type { Discovery, Site } from '../site.ts';
import type { Meter } from './process.ts';

export type Running = {
  site: Site;
  /** Milliseconds from the start of the process to its first discovery answer; `first`: on a machine where nothing was there before. */
  startMs: { first: number; later: number };
  server: Meter;
  /** The databases beside it, by name. */
  stores: Record<string, Meter>;
  /** Writes a profile of what happens meanwhile. */
  profile(file: string, work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
};

export type Contender = { name: string; start(): Promise<Running> };

const patienceMs = 30_000;

/** Asks until it answers. */
export async function awaitDiscovery(node: string): Promise<{ discovery: Discovery; ms: number }> {
  const begun = performance.now();
  for (;;) {
    const connection = openConnection([node]);
    try {
      const answer = await connection.send({ method: 'GET', path: '/.well-known/openid-configuration' });
      if (answer.status === 200) return { discovery: JSON.parse(answer.text) as Discovery, ms: performance.now() - begun };
    } catch {
      if (performance.now() - begun > patienceMs) throw new Error(`${node} does not answer`);
    } finally {
      connection.close();
    }
    await pause(2);
  }
}

/** What several processes take together. */
export function addUp(meters: readonly Meter[]): Meter {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return { cpuMs: () => sum(meters.map((meter) => meter.cpuMs())), memoryMb: () => sum(meters.map((meter) => meter.memoryMb())) };
}
