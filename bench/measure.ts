// Runs one flow on several connections for some seconds and says what it cost.
import { createUser, type User } from './user.ts';
import type { BenchServer } from './server.ts';

/** One sign-in by a new person; the user counts its requests. */
export type Flow = (user: User, server: BenchServer) => Promise<void>;

export type Measured = {
  signInsPerSecond: number;
  cpuMsPerSignIn: number;
  cpuMsPerRequest: number;
  requestsPerSignIn: number;
  p50: number;
  p99: number;
  startMs: number;
  memoryMb: number;
};

const quantile = (sorted: number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

export async function measure(work: { server: BenchServer; flow: Flow; seconds: number; connections: number }): Promise<Measured> {
  const { server, flow, seconds, connections } = work;
  const end = performance.now() + seconds * 1000;
  const times: number[] = [];
  let requests = 0;
  const [startedAt, startedCpu] = [performance.now(), server.cpuMs()];

  async function run(): Promise<void> {
    while (performance.now() < end) {
      const user = createUser(server.url);
      const before = performance.now();
      await flow(user, server);
      times.push(performance.now() - before);
      requests += user.requests();
    }
  }
  await Promise.all(Array.from({ length: connections }, run));

  const [elapsed, cpu] = [(performance.now() - startedAt) / 1000, server.cpuMs() - startedCpu];
  const sorted = times.toSorted((a, b) => a - b);
  return {
    signInsPerSecond: times.length / elapsed,
    cpuMsPerSignIn: cpu / times.length,
    cpuMsPerRequest: cpu / requests,
    requestsPerSignIn: requests / times.length,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    startMs: server.startMs,
    memoryMb: server.memoryMb(),
  };
}
