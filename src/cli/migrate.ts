// `latchkey migrate`: moves durable truth into another store, and says how far it is.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, StoreUnusable } from '../errors.ts';
import { placeData } from '../config/data-folder.ts';
import { mongo } from '../config/schema/storage.ts';
import { copyRecords, CopyError, type Copied, type Progress } from '../storage/copy.ts';
import type { Movable } from '../storage/port.ts';
import { openMovable, UpkeepError } from '../storage/upkeep.ts';
import { readArguments } from './arguments.ts';
import { type Command, type Context, WrongCall } from './command.ts';

type Asked = { from: string; to: string; json: boolean };

/** Between two lines about the progress. */
const pauseMs = 1000;

export const migrate: Command = {
  summary: 'Copies all durable data into another store, and compares both',
  forms: ['migrate --from <url> --to <url> [--json]'],
  notes: '<url> may be @<file>, a file that holds it. Cut off, the same command goes on where it was.',
  async run(context) {
    const { args, print, warn } = context;
    const asked = parse(args);
    try {
      const copied = await move(asked, context);
      print(asked.json ? JSON.stringify({ ok: true, ...copied }) : describe(copied));
      return 0;
    } catch (error) {
      const words = explain(error);
      if (asked.json) print(JSON.stringify({ ok: false, error: words }));
      warn(words);
      return 1;
    }
  },
};

function parse(args: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  const { from, to, json = false } = readArguments(args, { from: text, to: text, json: { type: 'boolean' } }).values;
  if (from && to) return { from, to, json };
  throw new WrongCall(`${from ? '--to' : '--from'} is missing.`);
}

async function move(asked: Asked, { cwd, warn, stop }: Context): Promise<Copied> {
  const now = () => Date.now();
  const [source, destination] = [asked.from, asked.to].map((url) => readUrl(url, cwd)) as [string, string];
  if (source === destination) throw new UpkeepError('The source and the destination are the same.');
  const defaults = mongo.parse({});
  const open: Movable[] = [];
  try {
    const from = await openMovable({ databaseUrl: source, mongo: defaults }, now, true);
    open.push(from);
    const to = await openMovable({ databaseUrl: destination, mongo: defaults }, now, false);
    open.push(to);
    return await copyRecords({ from, to, now, stop, onProgress: tellSometimes(warn) });
  } finally {
    await Promise.all(open.map((store) => store.close()));
  }
}

/** What stands in a command line can be read by every user of the machine. */
function readUrl(text: string, cwd: string): string {
  if (!text.startsWith('@')) return placeData(text, cwd).url;
  const file = resolve(cwd, text.slice(1));
  try {
    return placeData(readFileSync(file, 'utf8').trim(), cwd).url;
  } catch (error) {
    throw new UpkeepError(`${file} can't be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

function tellSometimes(warn: (line: string) => void): (progress: Progress) => void {
  const verbs = { check: 'Checking', copy: 'Copying', compare: 'Comparing' };
  let told = performance.now();
  return ({ step, kind, rows, of }) => {
    if (performance.now() - told < pauseMs) return;
    told = performance.now();
    warn(`${verbs[step]} ${kind}: ${rows} of ${of}`);
  };
}

function describe({ kinds, written }: Copied): string {
  const width = Math.max(4, ...Object.keys(kinds).map((kind) => kind.length));
  const total = Object.values(kinds).reduce((sum, rows) => sum + rows, 0);
  const lines = Object.entries({ ...kinds, all: total }).map(([kind, rows]) => `  ${kind.padEnd(width)}  ${rows}`);
  return [`Both stores hold the same rows (${written} written now):`, ...lines].join('\n');
}

function explain(error: unknown): string {
  if (error instanceof StoreUnusable || error instanceof CopyError) return error.message;
  if (error instanceof AppError)
    return `A store can't be used now (${(error.cause as Error).message}). The same command goes on where it was.`;
  throw error;
}
