// Stops a process and waits until it stands still: a signal is taken by each of its threads in its own time.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const patienceMs = 5000;

/** Linux says of each thread what it does (proc(5)); 'T' is stopped. Elsewhere a moment must do. */
function standsStill(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).every((thread) => / [Tt] /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8').replace(/\(.*\)/s, '')));
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

export function freezeProcess(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  if (!existsSync('/proc/self/task')) return sleep(100);
  const end = performance.now() + patienceMs;
  while (!standsStill(pid)) {
    if (performance.now() > end) throw new Error(`process ${pid} does not stop`);
    sleep(1);
  }
}
