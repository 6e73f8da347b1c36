// `latchkey secrets generate`: a set of keys for production.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatNewSecrets, writeNewSecrets } from '../config/generated-secrets.ts';
import { type Command, WrongCall } from './command.ts';

export const secrets: Command = {
  summary: 'Makes new keys and secrets for SECRETS_FILE',
  forms: ['secrets generate [--out <file>]'],
  notes: 'With --out into a new file that only its owner can read; otherwise they are printed, as JSON.',
  async run({ args, cwd, print, warn }) {
    const { out } = parse(args);
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

function parse(args: readonly string[]): { out?: string } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: { out: { type: 'string' } }, allowPositionals: true });
    if (positionals.length === 1 && positionals[0] === 'generate') return values;
  } catch {
    // None of the forms.
  }
  throw new WrongCall();
}

function explain(file: string, { code }: NodeJS.ErrnoException): string {
  if (code === 'EEXIST')
    return `${file} is there already. Nothing was overwritten: what was sealed with other secrets could not be read any more.`;
  if (code === 'ENOENT') return `The folder of ${file} is not there. Make it first.`;
  return `${file} can't be written (${code}).`;
}
