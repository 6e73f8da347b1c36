// `latchkey clients …`: the relying parties in the store, while servers run and without a restart.
import { ClientRefused, RenamesRefused } from '../config/clients.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/schema/index.ts';
import { AppError, StoreUnusable } from '../errors.ts';
import { openOperator } from '../operator.ts';
import { readArguments, readCount, readVerb } from './arguments.ts';
import { add, type Desk, invite, list, remove, rotateSecret, type Said, show, update } from './clients/actions.ts';
import { type AddFlags, addOptions, updateOptions } from './clients/options.ts';
import { askMissing } from './clients/questions.ts';
import type { Command, Context } from './command.ts';
import { confirm, type Unconfirmed } from './confirming.ts';

/** What is to be done, once the store is open. */
type Task = (desk: Desk, about: { issuer: string; registration: Settings['registration']; context: Context }) => Promise<Said>;
type Parsed = { json: boolean; task: Task };

const addForm = [
  'clients add [<id>] [--name <name>] [--type web|spa|native|device|service] [--redirect-uri <url>]…',
  '  [--post-logout-redirect-uri <url>]… [--scope <scopes>] [--auth-method <method>] [--first-party]',
  '  [--public-subjects] [--sector <name>] [--logo <file>] [--client-uri <url>] [--policy-uri <url>]',
  '  [--tos-uri <url>] [--metadata <file.json>] [--json]',
].join('\n');

/** Hours: whoever needs more than a month for a new secret has forgotten it. */
const longestKept = 744;

const registrationOff =
  'Nobody can register with it yet: registration.enabled is off. Start the nodes with { "registration": { "enabled": true } } in CONFIG_FILE.';

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

const parsers: Readonly<Record<string, (args: string[]) => Parsed>> = {
  add(args) {
    const { values, positionals } = readArguments(args, addOptions, ['[<id>]']);
    const flags: AddFlags = values;
    const [id] = positionals;
    return {
      json: flags.json === true,
      task: async (desk, { issuer, context: { ask, warn, cwd } }) => {
        const complete = ask && flags.metadata === undefined ? await askMissing(flags, ask, warn) : flags;
        return add(desk, { id, flags: complete, cwd, issuer });
      },
    };
  },
  update(args) {
    const { values, positionals } = readArguments(args, updateOptions, ['<id>']);
    const [id = ''] = positionals;
    return { json: values.json === true, task: (desk, { context: { cwd } }) => update(desk, id, { flags: values, cwd }) };
  },
  list(args) {
    const { values } = readArguments(args, { json });
    return { json: values.json, task: (desk) => list(desk) };
  },
  show(args) {
    const { values, positionals } = readArguments(args, { json }, ['<id>']);
    return { json: values.json, task: (desk) => show(desk, positionals[0] ?? '') };
  },
  remove(args) {
    const { values, positionals } = readArguments(args, { json, yes: json }, ['<id>']);
    const [id = ''] = positionals;
    return {
      json: values.json,
      task: async (desk, { context }) => {
        const question = `This removes ${id} and its secret, and ends its tokens and what people agreed to. It can't be undone.`;
        const refused = await confirm({ question, word: 'remove', yes: values.yes, json: values.json }, context);
        if (refused) throw new NotConfirmed(refused);
        return remove(desk, id);
      },
    };
  },
  'rotate-secret': (args) => {
    const { values, positionals } = readArguments(args, { json, 'keep-old': text }, ['<id>']);
    const hours = readCount('--keep-old', values['keep-old'], { otherwise: 0, most: longestKept, of: ' of hours' });
    return { json: values.json, task: (desk) => rotateSecret(desk, positionals[0] ?? '', hours) };
  },
  invite(args) {
    const { values } = readArguments(args, { json, uses: text, days: text });
    const uses = readCount('--uses', values.uses, { otherwise: 1, most: 99_999 });
    const days = readCount('--days', values.days, { otherwise: 7, most: 99_999, of: ' of days' });
    return {
      json: values.json,
      task: (desk, { registration, context }) => {
        if (!registration.enabled) context.warn(registrationOff);
        return invite(desk, { uses, days });
      },
    };
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
    const { known, rest } = readVerb(context.args, parsers);
    const parsed = known(rest);
    try {
      const said = await perform(parsed.task, context);
      context.print(parsed.json ? JSON.stringify({ ok: true, ...said.json }) : said.text);
      return 0;
    } catch (error) {
      const problems = explain(error);
      if (parsed.json) context.print(JSON.stringify({ ok: false, problems }));
      for (const problem of problems) context.warn(problem);
      return error instanceof NotConfirmed ? error.code : error instanceof RenamesRefused ? 2 : 1;
    }
  },
};

async function perform(task: Task, context: Context): Promise<Said> {
  const settings = loadSettings({ env: context.env, cwd: context.cwd, notice: context.warn });
  const operator = await openOperator(settings).catch((error: unknown) => {
    if (error instanceof StoreUnusable) throw error;
    throw new AppError('unavailable', {}, { cause: error });
  });
  try {
    const { server, registration } = settings;
    return await task(await operator.openClients(), { issuer: server.issuer, registration, context });
  } finally {
    await operator.close();
  }
}

class NotConfirmed extends Error {
  readonly code: Unconfirmed['code'];

  constructor({ code, words }: Unconfirmed) {
    super(words);
    this.code = code;
  }
}

function explain(error: unknown): readonly string[] {
  if (error instanceof NotConfirmed) return [error.message];
  if (error instanceof ClientRefused) return error.problems;
  if (error instanceof StoreUnusable) return [error.message];
  if (error instanceof AppError) return [`The store can't be used now (${(error.cause as Error | undefined)?.message ?? error.code}).`];
  if ((error as Error).name === 'AbortError') return ['Nothing was done.'];
  throw error;
}
