// `latchkey clients …`: the relying parties in the store, while servers run and without a restart.
import { parseArgs } from 'node:util';
import { ClientRefused } from '../config/clients.ts';
import { loadSettings } from '../config/load.ts';
import { AppError, StoreUnusable } from '../errors.ts';
import { openOperator } from '../operator.ts';
import { add, type Desk, invite, list, remove, rotateSecret, type Said, show, update } from './clients/actions.ts';
import { type AddFlags, addOptions, updateOptions } from './clients/options.ts';
import { askMissing } from './clients/questions.ts';
import { type Command, type Context, WrongCall } from './command.ts';

/** What is to be done, once the store is open. */
type Task = (desk: Desk, about: { issuer: string; context: Context }) => Promise<Said>;
type Parsed = { json: boolean; task: Task };

const addForm = [
  'clients add [<id>] [--name <name>] [--type web|spa|native|device|service] [--redirect-uri <url>]…',
  '  [--post-logout-redirect-uri <url>]… [--scope <scopes>] [--auth-method <method>] [--first-party]',
  '  [--public-subjects] [--sector <name>] [--logo <file>] [--client-uri <url>] [--policy-uri <url>]',
  '  [--tos-uri <url>] [--metadata <file.json>] [--json]',
].join('\n');

/** Hours: whoever needs more than a month for a new secret has forgotten it. */
const longestKept = 744;

const json = { type: 'boolean', default: false } as const;

function parseOne(args: string[], more: { yes?: { type: 'boolean' } } = {}): { id: string; json: boolean; yes: boolean } {
  const { values, positionals } = parseArgs({ args, options: { json, ...more }, allowPositionals: true });
  const [id, ...rest] = positionals;
  if (!id || rest.length > 0) throw new WrongCall();
  return { id, json: values.json, yes: Boolean((values as { yes?: boolean }).yes) };
}

function readCount(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new WrongCall();
  return Number(text);
}

const parsers: Readonly<Record<string, (args: string[]) => Parsed>> = {
  add(args) {
    const { values, positionals } = parseArgs({ args, options: addOptions, allowPositionals: true });
    const flags: AddFlags = values;
    const [id, ...rest] = positionals;
    if (rest.length > 0) throw new WrongCall();
    return {
      json: flags.json === true,
      task: async (desk, { issuer, context: { ask, warn, cwd } }) => {
        const complete = ask && flags.metadata === undefined ? await askMissing(flags, ask, warn) : flags;
        return add(desk, { id, flags: complete, cwd, issuer });
      },
    };
  },
  update(args) {
    const { values, positionals } = parseArgs({ args, options: updateOptions, allowPositionals: true });
    const [id, ...rest] = positionals;
    if (!id || rest.length > 0) throw new WrongCall();
    return { json: values.json === true, task: (desk, { context: { cwd } }) => update(desk, id, { flags: values, cwd }) };
  },
  list(args) {
    const { values } = parseArgs({ args, options: { json } });
    return { json: values.json, task: (desk) => list(desk) };
  },
  show(args) {
    const asked = parseOne(args);
    return { json: asked.json, task: (desk) => show(desk, asked.id) };
  },
  remove(args) {
    const { id, yes, json: asJson } = parseOne(args, { yes: { type: 'boolean' } });
    return {
      json: asJson,
      task: async (desk, { context: { ask } }) => {
        const sure = yes || (await ask?.(`Its tokens end at once. Type ${id} to remove it: `))?.trim() === id;
        if (!sure) throw new ClientRefused([ask ? 'Nothing was removed.' : `say --yes to remove ${id}: its tokens end at once`]);
        return remove(desk, id);
      },
    };
  },
  'rotate-secret': (args) => {
    const { values, positionals } = parseArgs({ args, options: { json, 'keep-old': { type: 'string' } }, allowPositionals: true });
    const { id } = parseOne(positionals);
    const hours = readCount(values['keep-old'], 0);
    if (hours > longestKept) throw new WrongCall();
    return { json: values.json, task: (desk) => rotateSecret(desk, id, hours) };
  },
  invite(args) {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ args, options: { json, uses: text, days: text } });
    const [uses, days] = [readCount(values.uses, 1), readCount(values.days, 7)];
    return { json: values.json, task: (desk) => invite(desk, { uses, days }) };
  },
};

export const clients: Command = {
  summary: 'Adds, changes, lists, shows and removes the applications that people sign in to',
  forms: [
    addForm,
    'clients update <id> [the flags of add but --type] [--unset <metadatum>]… [--yes] [--json]',
    'clients list [--json]',
    'clients show <id> [--json]',
    'clients remove <id> [--yes] [--json]',
    'clients rotate-secret <id> [--keep-old <hours, at most 744>] [--json]',
    'clients invite [--uses <number>] [--days <number>] [--json]',
  ],
  async run(context) {
    const parsed = parse(context.args);
    if (!parsed) throw new WrongCall();
    try {
      const said = await perform(parsed.task, context);
      context.print(parsed.json ? JSON.stringify({ ok: true, ...said.json }) : said.text);
      return 0;
    } catch (error) {
      const problems = explain(error);
      if (parsed.json) context.print(JSON.stringify({ ok: false, problems }));
      for (const problem of problems) context.warn(problem);
      return 1;
    }
  },
};

function parse([action = '', ...args]: readonly string[]): Parsed | undefined {
  try {
    return Object.hasOwn(parsers, action) ? parsers[action]?.(args) : undefined;
  } catch (error) {
    if (error instanceof WrongCall || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) return undefined;
    throw error;
  }
}

async function perform(task: Task, context: Context): Promise<Said> {
  const settings = loadSettings({ env: context.env, cwd: context.cwd, notice: context.warn });
  const operator = await openOperator(settings).catch((error: unknown) => {
    if (error instanceof StoreUnusable) throw error;
    throw new AppError('unavailable', {}, { cause: error });
  });
  try {
    return await task(await operator.openClients(), { issuer: settings.server.issuer, context });
  } finally {
    await operator.close();
  }
}

function explain(error: unknown): readonly string[] {
  if (error instanceof ClientRefused) return error.problems;
  if (error instanceof StoreUnusable) return [error.message];
  if (error instanceof AppError) return [`The store can't be used now (${(error.cause as Error | undefined)?.message ?? error.code}).`];
  if ((error as Error).name === 'AbortError') return ['Nothing was done.'];
  throw error;
}
