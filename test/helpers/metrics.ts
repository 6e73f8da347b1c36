// What a program's figures say has happened.
import type { Program } from './program.ts';

/** How many events all of the nodes have told, of those whose labels are the given ones. */
export async function countEvents(nodes: readonly Program[], labels: Record<string, string>): Promise<number> {
  const texts = await Promise.all(nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('latchkey_events_total{') && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
