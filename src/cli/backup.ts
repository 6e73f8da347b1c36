// `latchkey backup`: a copy of the embedded store's durable file, taken while the server runs.
import { resolve } from 'node:path';
import { placeData } from '../config/data-folder.ts';
import { loadSettings } from '../config/load.ts';
import { StoreUnusable } from '../errors.ts';
import { backUp } from '../storage/upkeep.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const backup: Command = {
  summary: 'Copies the embedded store into a new file, while the server runs',
  forms: ['backup <file> [--from sqlite:<file>]'],
  notes: 'Without --from it is the store of DATABASE_URL.',
  async run({ args, env, cwd, print, warn }) {
    const { values: asked, positionals } = readArguments(args, { from: { type: 'string' } }, ['<file>']);
    try {
      const url = asked.from === undefined ? loadSettings({ env, cwd, notice: warn }).database.url : placeData(asked.from, cwd).url;
      const target = resolve(cwd, positionals[0] ?? '');
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
