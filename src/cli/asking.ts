// Questions in a terminal. Where there is none (a pipe, a job), nobody is asked: what is needed comes as flags.
import { createInterface } from 'node:readline/promises';
import type { Context } from './command.ts';

/** Questions go to standard error: what a command answers may be piped on. @throws an AbortError where somebody leaves instead */
export function createAsk(input: NodeJS.ReadStream, output: NodeJS.WriteStream, stop: AbortSignal): Context['ask'] {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question) => {
    const lines = createInterface({ input, output });
    const left = new AbortController();
    lines.once('close', () => left.abort());
    try {
      return await lines.question(question, { signal: AbortSignal.any([stop, left.signal]) });
    } finally {
      lines.close();
    }
  };
}
