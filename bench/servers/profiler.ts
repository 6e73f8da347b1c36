// Loaded into a server before itself: writes a CPU profile when the bench asks for one, and does nothing otherwise.
import { writeFileSync } from 'node:fs';
import type { Session } from 'node:inspector/promises';

let session: Session | undefined;

async function begin(): Promise<void> {
  const inspector = await import('node:inspector/promises');
  session = new inspector.Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
}

async function end(file: string): Promise<void> {
  const { profile } = await session!.post('Profiler.stop');
  writeFileSync(file, JSON.stringify(profile));
  session!.disconnect();
}

process.on('message', (word: string) => {
  void (word === 'begin' ? begin() : end(word)).then(() => process.send?.(word));
});
// A server that is done ends, whoever could still talk to it.
process.channel?.unref();
