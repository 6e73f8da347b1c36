// Secrets that nobody brought: made on the first start in development, and read again by later starts.
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, linkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSecrets } from '../keys/generate.ts';
import { makePrivateFolder } from '../storage/sqlite/private-folder.ts';
import { pickSettings, readLayer } from './layers.ts';
import type { Given } from './layers.ts';
import type { Problem } from './problems.ts';

export type SecretsPlace = {
  /** Undefined: the database is in memory, and nothing that it seals outlives the process. */
  folder: string | undefined;
  /** Told what a person should know of, one line at a time. */
  notice(line: string): void;
};

export function openGeneratedSecrets({ folder, notice }: SecretsPlace, problems: Problem[]): Given[] {
  if (!folder) return pickSettings({ secrets: generateSecrets() }, { source: 'generated', folder: '' }, problems);
  const file = join(folder, 'secrets.json');
  try {
    if (!existsSync(file) && create(file, folder)) notice(`Keys and secrets were generated into ${file}. Keep it with the data.`);
    if (tighten(file)) notice(`${file} could be read by other users of this machine; now only its owner can.`);
  } catch (error) {
    problems.push({ setting: 'secrets', source: file, words: `can't be kept there (${(error as NodeJS.ErrnoException).code})` });
    return [];
  }
  return readLayer({ file, group: 'secrets' }, problems);
}

/** A whole set of secrets as a file for SECRETS_FILE holds it. */
export function formatNewSecrets(): string {
  return `${JSON.stringify(generateSecrets(), undefined, 2)}\n`;
}

/** Only its owner can read the file. @throws the system's error, also where a file is there already */
export function writeNewSecrets(file: string): void {
  writeFileSync(file, formatNewSecrets(), { mode: 0o600, flag: 'wx', flush: true });
}

/** A link appears whole or not at all, and never replaces what another process made meanwhile. */
function create(file: string, folder: string): boolean {
  makePrivateFolder(folder);
  const draft = `${file}.${randomUUID()}`;
  try {
    writeNewSecrets(draft);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function tighten(file: string): boolean {
  if (!isOpenToOthers(file)) return false;
  chmodSync(file, 0o600);
  return true;
}

/** Windows keeps no such modes. */
export function isOpenToOthers(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
}
