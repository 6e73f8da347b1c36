// A process under measurement: pinned to a core of its own, with what the kernel says of its CPU and memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** CPU time and memory of any process. */
export type Meter = {
  /** User and system, milliseconds since its start. */
  cpuMs(): number;
  /** Resident, MB. */
  memoryMb(): number;
};

export type MeasuredProcess = Meter & {
  send(word: string): void;
  /** The next word that it says. */
  hear(): Promise<string>;
  stop(): Promise<void>;
};

const ticksPerSecond = 100; // USER_HZ, fixed on Linux
const patienceMs = 5000;

export function meterOf(pid: number): Meter {
  return {
    cpuMs() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
    },
    memoryMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
  };
}

/** Node on the given `core`. */
export function startNode(
  args: readonly string[],
  { core, cwd, env }: { core: number; cwd: string; env: NodeJS.ProcessEnv },
): MeasuredProcess {
  const command = ['-c', String(core), process.execPath, '--disable-warning=ExperimentalWarning', ...args];
  const child = spawn('taskset', command, { cwd, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    ...meterOf(child.pid!),
    send: (word) => void child.send(word),
    hear: async () => String((await once(child, 'message'))[0]),
    async stop() {
      process.off('exit', kill);
      child.kill('SIGTERM');
      const timer = setTimeout(kill, patienceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
