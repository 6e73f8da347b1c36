// Asks the profiler that lives in a server's process (servers/profiler.ts) for a CPU profile of some work.
import type { MeasuredProcess } from './process.ts';

export async function recordProfile(server: MeasuredProcess, file: string, work: () => Promise<void>): Promise<void> {
  server.send('begin');
  await server.hear();
  await work();
  server.send(file);
  await server.hear();
}
