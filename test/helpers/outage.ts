// An outage from outside: what people and programs are answered meanwhile, and how soon all is well again.
import { setTimeout as pause } from 'node:timers/promises';
import type { Heard } from './wiretap.ts';

const patienceMs = 60_000;

/** Security.md's bound on an answer, and what a busy test machine is given on top. */
const boundMs = 3000;
export const tolerance = 5;

/** What nobody may be answered, in an outage or not; empty where all is well. `ended`: sign-ins under way and codes may be gone, and that is said. */
export function findFaults(heard: readonly Heard[], { ended = false } = {}): string[] {
  const told = [200, 303, 503, ...(ended ? [400, 422] : [])];
  return heard.flatMap(({ method, path, status, ms, retryAfter }) => {
    const name = `${method} ${path.replace(/\/interaction\/[\w-]+/, '/interaction/:uid')}`;
    if (status === undefined) return [`${name} had no answer`];
    if (!told.includes(status)) return [`${name} was answered ${status}`];
    if (status === 503 && !(Number(retryAfter) > 0)) return [`${name} does not say when to come back`];
    return ms > boundMs * tolerance ? [`${name} took ${Math.round(ms)} ms`] : [];
  });
}

/** For people who read the test's output: how many were told to come back, and how long the slowest waited. */
export function describeOutage(what: string, heard: readonly Heard[], { recoveryMs, after }: { recoveryMs: number; after: string }): void {
  const turnedAway = heard.filter(({ status }) => status === 503);
  const slowest = Math.round(Math.max(0, ...turnedAway.map(({ ms }) => ms)));
  const figures = `${turnedAway.length} of ${heard.length} answers were 503, the slowest after ${slowest} ms`;
  process.stderr.write(`${what}: ${figures}; ${after} ${Math.round(recoveryMs)} ms\n`);
}

/** Waits until readiness says so; answers how many milliseconds it took. */
export async function untilReady(url: string, ready: boolean): Promise<number> {
  const started = performance.now();
  while ((await statusOf(`${url}/health/ready`)) !== (ready ? 200 : 503)) {
    if (performance.now() - started > patienceMs) throw new Error(`readiness is not ${ready} within ${patienceMs} ms`);
    await pause(25);
  }
  return performance.now() - started;
}

/** On a machine that is busy a store is late at times without any outage: what was told to come back does. */
export async function insist<T>(act: () => Promise<T>, tries = 5): Promise<T> {
  try {
    const answer = await act();
    if ((answer as { status?: number } | undefined)?.status !== 503 || tries === 1) return answer;
  } catch (error) {
    if (tries === 1 || !/\b503\b/.test(String(error))) throw error;
  }
  // Longer than the pause between two messages.
  await pause(1100);
  return insist(act, tries - 1);
}

export const statusOf = async (url: string) => {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer.status;
};

/** What needs no store is served: discovery, keys, liveness. */
export async function readStanding(url: string): Promise<number[]> {
  return Promise.all(['/.well-known/openid-configuration', '/oidc/jwks', '/health/live'].map((path) => statusOf(url + path)));
}
