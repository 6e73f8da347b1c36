// `latchkey secrets generate`: a set of keys for production.
import { resolve } from 'node:path';
import { formatNewSecrets, writeNewSecrets } from '../config/generated-secrets.ts';
import { readArguments, readVerb } from './arguments.ts';
import type { Command } from './command.ts';

export const secrets: Command = {
  summary: 'Makes new keys and secrets for SECRETS_FILE',
  forms: ['secrets generate [--out <file>]'],
  notes: 'With --out into a new file that only its owner can read; otherwise they are printed, as JSON.',
  async run({ args, cwd, print, warn }) {
    const { rest } = readVerb(args, { generate: true });
    const { out } = readArguments(rest, { out: { type: 'string' } }).values;
    if (out === undefined) {
      print(formatNewSecrets().trimEnd());
      return 0;
    }
    const file = resolve(cwd, out);
    try {
      writeNewSecrets(file);
      print(
        `New keys and secrets are in ${file}, which only its owner can read. Name it in SECRETS_FILE, and keep a copy in a safe place.`,
      );
      return 0;
    } catch (error) {
      warn(explain(file, error as NodeJS.ErrnoException));
      return 1;
    }
  },
};

function explain(file: string, { code }: NodeJS.ErrnoException): string {
  if (code === 'EEXIST')
    return `${file} is there already. Nothing was overwritten: what was sealed with other secrets could not be read any more.`;
  if (code === 'ENOENT') return `The folder of ${file} is not there. Make it first.`;
  return `${file} can't be written (${code}).`;
}
