// Finds the command that the arguments name, and runs it, or says how it is called.
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { SettingsError } from '../config/problems.ts';
import { findSimilar } from '../config/similar.ts';
import { StoreUnusable } from '../errors.ts';
import { SigningKeyError } from '../keys/signing/changes.ts';
import { sayAsCalled } from './called.ts';
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

type Call = Omit<Context, 'program'> & { program?: string };

/** @returns the exit code */
export function run({ program = 'latchkey', ...call }: Call): Promise<number> {
  return runNamed({ ...call, program, warn: (line) => call.warn(sayAsCalled(line, program)) });
}

async function runNamed(context: Context): Promise<number> {
  const [name, ...args] = context.args;
  const { program } = context;
  if (name === undefined) {
    context.warn(await describeCommands(program));
    return 2;
  }
  if (name === 'help' && args[0] !== undefined) return runNamed({ ...context, args: [...args, '--help'] });
  if (name === 'help' || asksForHelp(name)) {
    context.print(await describeCommands(program));
    return 0;
  }
  if (name === '--version') {
    context.print(readVersion());
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    const similar = findSimilar(name, Object.keys(commands));
    context.warn(`There is no command "${name}"${similar ? `; did you mean "${similar}"?` : '.'}\n\n${await describeCommands(program)}`);
    return 2;
  }
  const command = await load();
  if (args.some(asksForHelp)) {
    context.print(`${command.summary}.\n\n${describeForms(command, program, args[0])}`);
    return 0;
  }
  try {
    return await command.run({ ...context, args });
  } catch (error) {
    if (error instanceof WrongCall) {
      context.warn(`${error.message}\n\n${describeForms(command, program, args[0])}`);
      return 2;
    }
    // What a person can mend is said in words; the rest is a bug, and its stack helps to find it.
    const expected = [SettingsError, SigningKeyError, StoreUnusable].some((kind) => error instanceof kind);
    context.warn(expected ? (error as Error).message : inspect(error));
    return 1;
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

const asksForHelp = (argument: string) => argument === '--help' || argument === '-h';

/** @param verb where there are forms of it, the others are left out */
function describeForms({ forms, notes }: Command, program: string, verb = ''): string {
  const indent = ' '.repeat(`Usage: ${program} `.length);
  const meant = forms.filter((form) => form.split(' ')[1]?.split('|').includes(verb));
  const lines = (meant.length > 0 ? meant : forms).map(
    (form, index) => `${index === 0 ? 'Usage:' : '      '} ${program} ${form.replaceAll('\n', `\n${indent}`)}`,
  );
  return [...lines, ...(notes === undefined ? [] : ['', notes])].join('\n');
}

async function describeCommands(program: string): Promise<string> {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const described = Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(width)}  ${(await load()).summary}`);
  const lines = await Promise.all(described);
  return [`Usage: ${program} <command>`, '', ...lines, '', `How each is called: ${program} help <command>`].join('\n');
}
