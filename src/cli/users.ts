// `latchkey users …`: finds people, and disables, enables, signs out or deletes them, while servers run and without a restart.
import { loadSettings } from '../config/load.ts';
import { AppError, StoreUnusable } from '../errors.ts';
import { openOperator, type Users } from '../operator.ts';
import { checkStoreIsThere } from '../storage/upkeep.ts';
import { readArguments, readVerb } from './arguments.ts';
import { sayAsCalled } from './called.ts';
import { type Command, type Context, WrongCall } from './command.ts';
import { confirm } from './confirming.ts';
import { type Act, disable, enable, endSessions, find, remove, removeAddress, type Said, show } from './users/actions.ts';

const acts: Readonly<Record<string, Act>> = {
  find,
  show,
  disable,
  enable,
  'end-sessions': endSessions,
  'remove-address': removeAddress,
  delete: remove,
};
/** What can't be undone is asked about, with this word as the answer. */
const confirmed: Readonly<Record<string, string>> = { delete: 'delete', 'remove-address': 'remove' };

/** Whom the command is about, as it was typed. */
type Who = { text: string; country: string } | { sub: string; client: string };
type Asked = { act: Act; who: Who; address?: { text: string; country: string }; word: string; yes: boolean; json: boolean };

export const users: Command = {
  summary: 'Finds people; disables, enables, signs out and deletes them',
  forms: [
    'users find|show|disable|enable|end-sessions <who> [--json]',
    'users remove-address <who> <address> [--yes] [--json]',
    'users delete <who> [--yes] [--json]',
  ],
  notes: [
    '<who> is an email address, a phone number (with --country <code> where it is a national one), an account’s id, or',
    '--sub <subject> --client <id>: what an app calls them.',
  ].join('\n'),
  async run(context) {
    const asked = parse(context.args);
    const said = await answer(asked, context);
    const words = asked.json ? JSON.stringify({ ok: said.code === 0, ...said.data }) : sayAsCalled(said.words, context.program);
    // Programs read their answer where they always do; a person's answer that is none is no table's row.
    if (asked.json || said.code === 0) context.print(words);
    if (said.code !== 0) context.warn(said.words);
    return said.code;
  },
};

function parse(args: readonly string[]): Asked {
  const { verb, known: act, rest } = readVerb(args, acts);
  const [text, flag] = [{ type: 'string' } as const, { type: 'boolean', default: false } as const];
  const options = { sub: text, client: text, country: text, json: flag, ...(confirmed[verb] ? { yes: flag } : {}) };
  const names = ['[<who>]', ...(verb === 'remove-address' ? ['[<address>]'] : [])];
  const { values, positionals } = readArguments(rest, options, names);
  const removed = verb === 'remove-address' ? positionals.pop() : undefined;
  const who = readWho(values, positionals);
  if (verb === 'remove-address' && !removed) throw new WrongCall('<address> is missing.');
  const address = removed === undefined ? undefined : { text: removed, country: values.country?.toUpperCase() ?? '' };
  return { act, who, address, word: confirmed[verb] ?? '', json: values.json, yes: Boolean((values as { yes?: boolean }).yes) };
}

/** @throws {WrongCall} */
function readWho({ sub, client, country }: { sub?: string; client?: string; country?: string }, [text, ...more]: string[]): Who {
  if ((sub === undefined) !== (client === undefined)) throw new WrongCall('--sub and --client go together.');
  if (more.length > 0) throw new WrongCall(`"${more[0]}" is one argument too many.`);
  if (sub === undefined || client === undefined) {
    if (!text) throw new WrongCall('<who> is missing.');
    return { text, country: country?.toUpperCase() ?? '' };
  }
  if (text !== undefined || country !== undefined) throw new WrongCall('Say <who>, or --sub and --client: not both.');
  return { sub, client };
}

async function answer({ act, who, address, word, yes, json }: Asked, context: Context): Promise<Said> {
  const settings = loadSettings({ env: context.env, cwd: context.cwd, notice: context.warn });
  try {
    checkStoreIsThere(settings.database.url);
    const operator = await openOperator(settings);
    try {
      const account = await findAccount(operator.users, who);
      if (!account) return refuse(1, 'Nobody here is known by that.');
      const confirmIt = async (question: string) => {
        const refused = await confirm({ question, word, yes, json }, context);
        return refused && refuse(refused.code, refused.words);
      };
      return await act(account, { users: operator.users, address, confirm: confirmIt });
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

function explain(error: unknown): Said {
  if (error instanceof StoreUnusable) return refuse(1, error.message);
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'unavailable')
    return refuse(1, `The store can't be used now (${(error.cause as Error).message}). Run the same command again.`);
  return refuse(2, 'That is neither an email address, nor a phone number, nor the id of an account.');
}
