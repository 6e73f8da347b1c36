// Finds the command that the arguments name, and runs it, or says how it is called.
import { inspect } from 'node:util';
import { SettingsError } from '../config/problems.ts';
import { findSimilar } from '../config/similar.ts';
import { StoreUnusable } from '../errors.ts';
import { SigningKeyError } from '../keys/signing/changes.ts';
import { type Command, type Context, WrongCall } from './command.ts';

/** Only the one that runs is loaded: a node that starts waits for none of the others. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  secrets: async () => (await import('./secrets.ts')).secrets,
  settings: async () => (await import('./settings.ts')).settings,
  clients: async () => (await import('./clients.ts')).clients,
  users: async () => (await import('./users.ts')).users,
  keys: async () => (await import('./keys.ts')).keys,
  doctor: async () => (await import('./doctor.ts')).doctor,
  migrate: async () => (await import('./migrate.ts')).migrate,
  backup: async () => (await import('./backup.ts')).backup,
};

/** @returns the exit code */
export async function run(context: Context): Promise<number> {
  const [name, ...args] = context.args;
  if (name === undefined) {
    context.warn(await describeCommands());
    return 2;
  }
  if (name === 'help' && args[0] !== undefined) return run({ ...context, args: [args[0], '--help'] });
  if (name === 'help' || asksForHelp(name)) {
    context.print(await describeCommands());
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    const similar = findSimilar(name, Object.keys(commands));
    context.warn(`There is no command "${name}"${similar ? `; did you mean "${similar}"?` : '.'}\n\n${await describeCommands()}`);
    return 2;
  }
  const command = await load();
  if (args.some(asksForHelp)) {
    context.print(`${command.summary}.\n\n${describeForms(command)}`);
    return 0;
  }
  try {
    return await command.run({ ...context, args });
  } catch (error) {
    if (error instanceof WrongCall) {
      context.warn(describeForms(command));
      return 2;
    }
    // What a person can mend is said in words; the rest is a bug, and its stack helps to find it.
    const expected = [SettingsError, SigningKeyError, StoreUnusable].some((kind) => error instanceof kind);
    context.warn(expected ? (error as Error).message : inspect(error));
    return 1;
  }
}

const asksForHelp = (argument: string) => argument === '--help' || argument === '-h';

function describeForms({ forms, notes }: Command): string {
  const before = 'Usage: latchkey ';
  const indent = ' '.repeat(before.length);
  const lines = forms.map((form, index) => `${index === 0 ? before : '       latchkey '}${form.replaceAll('\n', `\n${indent}`)}`);
  return [...lines, ...(notes === undefined ? [] : ['', notes])].join('\n');
}

async function describeCommands(): Promise<string> {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const described = Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(width)}  ${(await load()).summary}`);
  const lines = await Promise.all(described);
  return ['Usage: latchkey <command>', '', ...lines, '', 'How each is called: latchkey help <command>'].join('\n');
}
