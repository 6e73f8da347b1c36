// Runs one flow on several connections for some seconds and says what it cost.
import type { Running } from './contenders/contender.ts';
import { Exhausted, type Flow } from './flows/flows.ts';

export type Measured = {
  perSecond: number;
  /** CPU of the server's processes. */
  cpuMs: number;
  cpuMsPerRequest: number;
  requests: number;
  /** Milliseconds that a flow takes, the load's own time included. */
  p50: number;
  p99: number;
  /** CPU per flow of the databases. */
  stores: Record<string, number>;
  /** How busy the load was, of one core: near 1 it measures itself. */
  load: number;
};

export type Work = { flow: Flow; seconds: number; connections: number };

/**
 * Until the engine has compiled what is hot: it counts calls, so that seconds alone would measure cold code on a machine that is slow or busy.
 * A flow of fifteen requests counts for fifteen. After 5,000 requests a sign-in still cost a quarter more than after 20,000, and bare a fifth.
 */
const warmUp = { requests: 20_000, seconds: 2, atMostSeconds: 25 };

/**
 * Per connection. The in-memory adapter walks through all tokens of a grant at each new one: it would slow down with every sign-in on
 * one and the same session, as no person has them.
 */
const people = 4;

const quantile = (sorted: number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

const readCpu = ({ server, stores }: Running) => ({
  server: server.cpuMs(),
  stores: Object.fromEntries(Object.entries(stores).map(([name, meter]) => [name, meter.cpuMs()])),
});

async function finishes(run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (error instanceof Exhausted) return false;
    throw error;
  }
}

/** `around` is told when all is warm, and runs what is measured. @throws {NotSupported} */
export async function measure(running: Running, { flow, seconds, connections }: Work, around = (work: () => Promise<void>) => work()) {
  const opened = Array.from({ length: connections }, () => running.site.connect());
  try {
    const runs = await Promise.all(opened.map((connection) => flow.open(running.site, connection, people)));
    const times: number[] = [];
    const runWhile = async (goesOn: () => boolean) => {
      const runOn = async (run: () => Promise<void>) => {
        while (goesOn()) {
          const before = performance.now();
          if (!(await finishes(run))) return;
          times.push(performance.now() - before);
        }
      };
      await Promise.all(runs.map(runOn));
    };
    const countRequests = () => opened.reduce((sum, connection) => sum + connection.requests(), 0);

    const start = performance.now();
    const secondsSince = (time: number) => (performance.now() - time) / 1000;
    const isCold = () => secondsSince(start) < warmUp.seconds || countRequests() < warmUp.requests;
    await runWhile(() => secondsSince(start) < warmUp.atMostSeconds && isCold());
    let measured: Measured | undefined;
    await around(async () => {
      times.length = 0;
      const [begun, asked, cpu, own] = [performance.now(), countRequests(), readCpu(running), process.cpuUsage()];
      await runWhile(() => secondsSince(begun) < seconds);
      const elapsed = secondsSince(begun);
      const [requests, used, busy] = [countRequests() - asked, readCpu(running), process.cpuUsage(own)];
      const sorted = times.toSorted((a, b) => a - b);
      const flows = sorted.length;
      measured = {
        perSecond: flows / elapsed,
        cpuMs: (used.server - cpu.server) / flows,
        cpuMsPerRequest: (used.server - cpu.server) / requests,
        requests: requests / flows,
        p50: quantile(sorted, 0.5),
        p99: quantile(sorted, 0.99),
        stores: Object.fromEntries(Object.entries(used.stores).map(([name, ms]) => [name, (ms - (cpu.stores[name] ?? 0)) / flows])),
        load: (busy.user + busy.system) / 1e6 / elapsed,
      };
    });
    return measured!;
  } finally {
    for (const connection of opened) connection.close();
  }
}
