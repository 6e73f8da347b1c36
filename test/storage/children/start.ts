// Starts a program of this folder in a process of its own, and reads what it prints line by line.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Child = { process: ChildProcess; lines: string[]; ended: Promise<{ code: number | null; errors: string }> };

export function startChild(program: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // A line that was cut off by the process's death was never said.
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    lines.push(...parts);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return { process: child, lines, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, errors })) };
}
