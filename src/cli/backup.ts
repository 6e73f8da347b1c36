// `latchkey backup`: a copy of the embedded store's durable file, taken while the server runs.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { placeData } from '../config/data-folder.ts';
import { loadSettings } from '../config/load.ts';
import { StoreUnusable } from '../errors.ts';
import { backUp } from '../storage/upkeep.ts';
import { type Command, WrongCall } from './command.ts';

export const backup: Command = {
  summary: 'Copies the embedded store into a new file, while the server runs',
  forms: ['backup <file> [--from sqlite:<file>]'],
  notes: 'Without --from it is the store of DATABASE_URL.',
  async run({ args, env, cwd, print, warn }) {
    const asked = parse(args);
    if (!asked) throw new WrongCall();
    try {
      const url = asked.from === undefined ? loadSettings({ env, cwd, notice: warn }).database.url : placeData(asked.from, cwd).url;
      const target = resolve(cwd, asked.file);
      const rows = await backUp(url, target);
      print(`Backed up ${rows} rows into ${target}. Keep the secrets with it: nothing in it can be read without them.`);
      return 0;
    } catch (error) {
      if (!(error instanceof StoreUnusable)) throw error;
      warn(error.message);
      return 1;
    }
  },
};

function parse(args: readonly string[]): { file: string; from?: string } | undefined {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: { from: { type: 'string' } }, allowPositionals: true });
    const [file, ...more] = positionals;
    return file && more.length === 0 ? { file, from: values.from } : undefined;
  } catch {
    return undefined;
  }
}
