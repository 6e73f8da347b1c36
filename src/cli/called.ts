// How this program is called here. What it tells people to run has to work as it is printed, and nothing installs a `latchkey`.
import { basename, relative } from 'node:path';

/** npm's two scripts, a link of that name, or the file itself (in the image). */
export function nameProgram(script: string, env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  if (['start', 'latchkey'].includes(env['npm_lifecycle_event'] ?? '')) return 'npm run latchkey --';
  if (basename(script) === 'latchkey') return 'latchkey';
  const path = relative(cwd, script);
  return `node ${path.startsWith('..') ? script : path}`;
}

/** Messages of all rooms say `latchkey …`, between backticks: only the command line knows what to type instead. */
export function sayAsCalled(text: string, program: string): string {
  return text.replaceAll('`latchkey ', `\`${program} `);
}
