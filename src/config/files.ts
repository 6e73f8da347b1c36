// Reads the files that settings name. What is wrong is said without a word of their content: it may be secret.
import { readFileSync } from 'node:fs';
import type { About, Problem } from './problems.ts';

/** @returns undefined after adding to `problems` */
export function readText(file: string, about: About, problems: Problem[]): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    problems.push({ ...about, words: `${explain(error)}: ${file}` });
    return undefined;
  }
}

/** @returns undefined after adding to `problems` */
export function readJson(file: string, about: About, problems: Problem[]): unknown {
  const text = readText(file, about, problems);
  if (text === undefined) return undefined;
  return parseJson(text, { ...about, where: `: ${file}` }, problems);
}

/** @returns undefined after adding to `problems` */
export function parseJson(text: string, { where = '', ...about }: About & { where?: string }, problems: Problem[]): unknown {
  try {
    // A byte order mark is what some editors leave.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // Node's message quotes the text; only the place is taken from it.
    const { message } = error as Error;
    const place = /\(line \d+ column \d+\)/.exec(message)?.[0] ?? (/ end of /.test(message) ? '(it ends too early)' : '');
    problems.push({ ...about, words: `is not valid JSON${place && ` ${place}`}${where}` });
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function explain(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, not a file';
  if (code === 'EACCES') return 'this user may not read the file';
  return `the file can't be read (${code})`;
}
