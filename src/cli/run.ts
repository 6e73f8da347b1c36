// Finds the command that the arguments name, and runs it.
import { inspect } from 'node:util';
import { SettingsError } from '../config/problems.ts';
import { findSimilar } from '../config/similar.ts';
import { SigningKeyError } from '../keys/signing/changes.ts';
import { backup } from './backup.ts';
import { clients } from './clients.ts';
import type { Command, Context } from './command.ts';
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
  if (name === 'help' || name === '--help' || name === '-h') {
    context.print(describeCommands());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const similar = findSimilar(name, Object.keys(commands));
    context.warn(`There is no command "${name}"${similar ? `; did you mean "${similar}"?` : '.'}\n\n${describeCommands()}`);
    return 2;
  }
  try {
    return await command.run({ ...context, args });
  } catch (error) {
    // What a person can mend is said in words; the rest is a bug, and its stack helps to find it.
    context.warn(error instanceof SettingsError || error instanceof SigningKeyError ? error.message : inspect(error));
    return 1;
  }
}

function describeCommands(): string {
  const entries = Object.values(commands);
  const width = Math.max(...entries.map(({ usage }) => usage.length));
  return ['Usage: latchkey <command>', '', ...entries.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`)].join('\n');
}
