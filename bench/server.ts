// A server under measurement: a process of its own on the first core, with what the kernel says of its CPU and memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export type BenchServer = {
  url: string;
  /** Milliseconds from the start of the process to its first discovery answer. */
  startMs: number;
  /** CPU time so far, milliseconds (user and system). */
  cpuMs(): number;
  /** Resident memory, MB. */
  memoryMb(): number;
  stop(): Promise<void>;
};

const ticksPerSecond = 100; // USER_HZ, fixed on Linux

async function firstAnswer(url: string, start: number): Promise<number> {
  for (;;) {
    try {
      const answer = await fetch(`${url}/.well-known/openid-configuration`);
      if (answer.ok) return performance.now() - start;
    } catch {
      if (performance.now() - start > 30_000) throw new Error(`${url} does not answer`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function startServer(entry: string): Promise<BenchServer> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const start = performance.now();
  const child = spawn('taskset', ['-c', '0', process.execPath, '--disable-warning=ExperimentalWarning', entry], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://localhost:${port}`;
  const startMs = await firstAnswer(url, start);
  return {
    url,
    startMs,
    cpuMs() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
    },
    memoryMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
