// `latchkey keys`: what signs tokens, now and next. Works on the store, beside the nodes, which follow within seconds.
import type { ParseArgsConfig } from 'node:util';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/schema/index.ts';
import { AppError, StoreUnusable } from '../errors.ts';
import { SigningKeyError } from '../keys/signing/changes.ts';
import type { KeyInfo } from '../keys/signing/key.ts';
import { UnreadableKeysError, type SigningKeyRing } from '../keys/signing/ring.ts';
import { openOperator, type Operator } from '../operator.ts';
import { readArguments, readVerb } from './arguments.ts';
import { type Command, type Context, WrongCall } from './command.ts';
import { formatTable } from './table.ts';

type Asked = { verb: string; kid?: string; alg?: string; now: boolean; force: boolean; json: boolean };

export const keys: Command = {
  summary: 'Lists, rotates and retires the keys that sign tokens',
  forms: ['keys list [--json]', 'keys rotate [--alg <name>] [--now [--force]] [--json]', 'keys retire <kid> [--force] [--json]'],
  async run(context) {
    const asked = parse(context.args);
    const settings = loadSettings({ env: context.env, cwd: context.cwd, notice: context.warn });
    let operator: Operator | undefined;
    try {
      operator = await openStore(settings);
      const known = await act(asked, operator.signingKeys, context);
      context.print(asked.json ? JSON.stringify({ ok: true, keys: known.map(toJson) }) : describe(known));
      if (!asked.json) tellWhatFollows(asked, settings.signingKeys.cacheSeconds, context);
      return 0;
    } catch (error) {
      const words = explain(error);
      if (asked.json) context.print(JSON.stringify({ ok: false, error: words }));
      context.warn(words);
      return 1;
    } finally {
      await operator?.close();
    }
  },
};

class StoreError extends Error {}

/** @throws {StoreError | StoreUnusable} in the driver's words, which hold no password */
function openStore(settings: Settings): Promise<Operator> {
  return openOperator(settings).catch((cause: Error) => {
    if (cause instanceof StoreUnusable) throw cause;
    throw new StoreError(`The store can't be opened: ${cause.message}`, { cause });
  });
}

const flag = { type: 'boolean' } as const;

/** Which options a verb takes, and what beside them. */
const verbs = {
  list: { options: { json: flag }, names: [] },
  rotate: { options: { alg: { type: 'string' }, now: flag, force: flag, json: flag }, names: [] },
  retire: { options: { force: flag, json: flag }, names: ['<kid>'] },
} as const satisfies Record<string, { options: ParseArgsConfig['options']; names: readonly string[] }>;

function parse(args: readonly string[]): Asked {
  const { verb, known, rest } = readVerb(args, verbs);
  const { values, positionals } = readArguments(rest, known.options, known.names);
  const { now = false, force = false, json = false, alg } = values as Partial<Asked>;
  if (verb === 'rotate' && force && !now) throw new WrongCall('--force goes with --now only.');
  return { verb, kid: positionals[0], alg, now, force, json };
}

async function act({ verb, kid = '', alg, now, force }: Asked, ring: SigningKeyRing, { warn }: Context): Promise<KeyInfo[]> {
  if (verb === 'list') return ring.list();
  if (verb === 'retire') return ring.retire(kid, force);
  try {
    return await ring.rotate({ alg, soon: now });
  } catch (error) {
    if (!force || !(error instanceof UnreadableKeysError)) throw error;
    warn('The keys in the store can’t be read. They are given up, and new ones begin to sign at once.');
    await ring.discard();
    await ring.prepare();
    return ring.list();
  }
}

const timesOf = ({ madeAt, signsFrom, signsUntil, publishedUntil }: KeyInfo) => ({ madeAt, signsFrom, signsUntil, publishedUntil });

function toJson({ kid, alg, state, source, ...times }: KeyInfo): Record<string, string> {
  const entries = Object.entries(timesOf({ kid, alg, state, source, ...times }));
  const known = entries.filter((entry): entry is [string, number] => entry[1] !== undefined);
  return { kid, alg, state, source, ...Object.fromEntries(known.map(([name, time]) => [name, new Date(time).toISOString()])) };
}

const format = (time: number | undefined) => (time === undefined ? '' : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}Z`);

function describe(known: readonly KeyInfo[]): string {
  if (known.length === 0) return 'There are no signing keys yet: the first start of a node makes them.';
  const rows = known.map((info) => [info.kid, info.alg, info.state, info.source, ...Object.values(timesOf(info)).map(format)]);
  return formatTable(['kid', 'alg', 'state', 'source', 'made', 'signs from', 'signs until', 'published until'], rows);
}

function tellWhatFollows({ verb, now, force }: Asked, cacheSeconds: number, { warn }: Context): void {
  if (verb === 'rotate' && now)
    warn(`Relying parties that don't ask again for a key they don't know refuse new tokens for up to ${cacheSeconds} s.`);
  if (verb === 'retire' && force)
    warn(`Gone on every node within 5 s. Relying parties may trust it for ${cacheSeconds} s more: what they have cached.`);
}

function explain(error: unknown): string {
  if ([SigningKeyError, StoreError, StoreUnusable].some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof AppError) return `The store can't be used now (${(error.cause as Error).message}).`;
  throw error;
}
