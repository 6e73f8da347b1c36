// `latchkey users …`: finds people, and disables, enables, signs out or deletes them, while servers run and without a restart.
import { parseArgs } from 'node:util';
import { loadSettings } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { openOperator, type Users } from '../operator.ts';
import { checkStoreIsThere, UpkeepError } from '../storage/upkeep.ts';
import { type Command, type Context, WrongCall } from './command.ts';
import { type Act, disable, enable, endSessions, find, remove, type Said, show } from './users/actions.ts';

const acts: Readonly<Record<string, Act>> = { find, show, disable, enable, 'end-sessions': endSessions, delete: remove };

/** Whom the command is about, as it was typed. */
type Who = { text: string; country: string } | { sub: string; client: string };
type Asked = { act: Act; who: Who; yes: boolean; json: boolean };

export const users: Command = {
  summary: 'Finds people; disables, enables, signs out and deletes them',
  forms: ['users find|show|disable|enable|end-sessions <who> [--json]', 'users delete <who> [--yes] [--json]'],
  notes: [
    '<who> is an email address, a phone number (with --country <code> where it is a national one), an account’s id, or',
    '--sub <subject> --client <id>: what an app calls them.',
  ].join('\n'),
  async run(context) {
    const asked = parse(context.args);
    if (!asked) throw new WrongCall();
    const said = await answer(asked, context);
    const words = asked.json ? JSON.stringify({ ok: said.code === 0, ...said.data }) : said.words;
    // Programs read their answer where they always do; a person's answer that is none is no table's row.
    if (asked.json || said.code === 0) context.print(words);
    if (said.code !== 0) context.warn(said.words);
    return said.code;
  },
};

function parse([verb = '', ...rest]: readonly string[]): Asked | undefined {
  const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined;
  if (!act) return undefined;
  const [text, flag] = [{ type: 'string' } as const, { type: 'boolean', default: false } as const];
  const options = { sub: text, client: text, country: text, json: flag, ...(verb === 'delete' ? { yes: flag } : {}) };
  try {
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
    const who = readWho(values, positionals);
    return who && { act, who, json: values.json, yes: Boolean((values as { yes?: boolean }).yes) };
  } catch {
    return undefined;
  }
}

function readWho({ sub, client, country }: { sub?: string; client?: string; country?: string }, positionals: string[]): Who | undefined {
  const [text, ...more] = positionals;
  if (sub !== undefined && client !== undefined) return text === undefined && country === undefined ? { sub, client } : undefined;
  if (!text || more.length > 0 || sub !== undefined || client !== undefined) return undefined;
  return { text, country: country?.toUpperCase() ?? '' };
}

async function answer({ act, who, yes, json }: Asked, context: Context): Promise<Said> {
  const settings = loadSettings({ env: context.env, cwd: context.cwd, notice: context.warn });
  try {
    checkStoreIsThere(settings.database.url);
    const operator = await openOperator(settings);
    try {
      const account = await findAccount(operator.users, who);
      if (!account) return refuse(1, 'Nobody here is known by that.');
      return await act(account, { users: operator.users, confirm: (question) => confirm(question, { yes, json }, context) });
    } finally {
      await operator.close();
    }
  } catch (error) {
    return explain(error);
  }
}

const findAccount = (found: Users, who: Who) =>
  'sub' in who ? found.findBySubject(who.sub, who.client) : found.find(who.text, who.country);

const refuse = (code: 1 | 2, words: string): Said => ({ code, words, data: { error: words } });

/** @returns why not, if it is not confirmed */
async function confirm(
  question: string,
  { yes, json }: { yes: boolean; json: boolean },
  { ask, warn }: Context,
): Promise<Said | undefined> {
  if (yes) return undefined;
  if (!ask || json) return refuse(2, 'There is nobody to ask for a confirmation here: give it with --yes.');
  warn(question);
  const said = await ask('Type "delete" to go on: ').catch(() => '');
  return said.trim() === 'delete' ? undefined : refuse(1, 'Nothing was done.');
}

function explain(error: unknown): Said {
  if (error instanceof UpkeepError) return refuse(1, error.message);
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'unavailable')
    return refuse(1, `The store can't be used now (${(error.cause as Error).message}). Run the same command again.`);
  return refuse(2, 'That is neither an email address, nor a phone number, nor the id of an account.');
}
