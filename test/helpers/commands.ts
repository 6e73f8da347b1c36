// `latchkey …` as an operator types it: in a process of its own, or, where that is not what a test is about, in this one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/run.ts';

const bin = fileURLToPath(new URL('../../bin/latchkey.js', import.meta.url));

export type Ended = { code: number | null; out: string; err: string };

type Surroundings = { cwd: string; env: Record<string, string | undefined> };

/** Without a terminal. */
export async function runBeside(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...args], { ...surroundings, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

/** `answers`: what the person at the terminal types, one line per question; without any there is no terminal. */
export async function runHere(args: readonly string[], surroundings: Surroundings & { answers?: string[] }): Promise<Ended> {
  const { answers, ...rest } = surroundings;
  const said = { out: '', err: '' };
  const code = await run({
    ...rest,
    args,
    print: (line) => void (said.out += `${line}\n`),
    warn: (line) => void (said.err += `${line}\n`),
    ask: answers && (async (question) => ((said.err += question), answers.shift() ?? '')),
    stop: new AbortController().signal,
  });
  return { code, ...said };
}
