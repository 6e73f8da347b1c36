// Finds the command that the arguments name, and runs it, or says how it is called.
import { inspect } from 'node:util';
import { SettingsError } from '../config/problems.ts';
import { findSimilar } from '../config/similar.ts';
import { SigningKeyError } from '../keys/signing/changes.ts';
import { backup } from './backup.ts';
import { clients } from './clients.ts';
import { type Command, type Context, WrongCall } from './command.ts';
import { doctor } from './doctor.ts';
import { keys } from './keys.ts';
import { migrate } from './migrate.ts';
import { secrets } from './secrets.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';
import { users } from './users.ts';

const commands: Readonly<Record<string, Command>> = { serve, secrets, settings, clients, users, keys, doctor, migrate, backup };

/** @returns the exit code */
export async function run(context: Context): Promise<number> {
  const [name, ...args] = context.args;
  if (name === undefined) {
    context.warn(describeCommands());
    return 2;
  }
  if (name === 'help' && args[0] !== undefined) return run({ ...context, args: [args[0], '--help'] });
  if (name === 'help' || asksForHelp(name)) {
    context.print(describeCommands());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const similar = findSimilar(name, Object.keys(commands));
    context.warn(`There is no command "${name}"${similar ? `; did you mean "${similar}"?` : '.'}\n\n${describeCommands()}`);
    return 2;
  }
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
    context.warn(error instanceof SettingsError || error instanceof SigningKeyError ? error.message : inspect(error));
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

function describeCommands(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['Usage: latchkey <command>', '', ...lines, '', 'How each is called: latchkey help <command>'].join('\n');
}
