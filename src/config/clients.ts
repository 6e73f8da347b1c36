// Reads the file of clients, and says all that is wrong with them; what a client may be is the protocol's to say.
import { dirname, resolve } from 'node:path';
import { checkMetadata, ClientRefused, memberNames, RenamesRefused } from '../protocol/clients/metadata.ts';
import { isObject, readJson } from './files.ts';
import { type About, type Problem, SettingsError } from './problems.ts';
import type { ClientMetadata } from './schema/index.ts';
import { findSimilar } from './similar.ts';

export { ClientRefused, memberNames, RenamesRefused };

/** @param about the setting that names the file */
export function readClients(file: string, about: About, problems: Problem[]): ClientMetadata[] {
  const content = readJson(file, about, problems);
  if (content === undefined) return [];
  if (!Array.isArray(content)) {
    problems.push({ ...about, words: `must hold a JSON array of clients: ${file}` });
    return [];
  }
  const seen = new Set<string>();
  return content.flatMap((client: unknown, at): ClientMetadata[] => {
    const id = isObject(client) ? client['client_id'] : undefined;
    if (typeof id !== 'string' || !id) {
      problems.push({ ...about, words: `client ${at + 1} has no client_id: ${file}` });
      return [];
    }
    if (seen.has(id)) problems.push({ ...about, words: `the client_id ${id} is there twice: ${file}` });
    seen.add(id);
    const wrong = describeMetadata(client as object);
    problems.push(...wrong.map((words) => ({ ...about, words: `client ${id}: ${words}: ${file}` })));
    const { logo } = client as ClientMetadata;
    return [{ ...(client as ClientMetadata), ...(typeof logo === 'string' ? { logo: resolve(dirname(file), logo) } : {}) }];
  });
}

/** What is wrong with a client, a line each. */
export function describeMetadata(client: object): string[] {
  return checkMetadata(client).map(({ member, words, unknown }) => {
    const similar = unknown ? findSimilar(member, memberNames) : undefined;
    return `${member}: ${words}${similar ? `; did you mean ${similar}?` : ''}`;
  });
}

/** What is wrong with one member of a client; `entry` counts from 1 where it is a list. */
export function checkMember(client: object, member: string): { entry?: number; words: string }[] {
  return checkMetadata(client).flatMap(({ member: place, words }) => {
    const [, name, entry] = /^(\w+)(?:\[(\d+)\])?/.exec(place) ?? [];
    return name === member ? [{ words, ...(entry ? { entry: Number(entry) } : {}) }] : [];
  });
}

/** What is found wrong with the file's clients only when they are put to use is told as any wrong setting is. @throws {SettingsError} */
export function tellOfClients<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof ClientRefused)) throw error;
    throw new SettingsError(error.problems.map((words) => ({ setting: 'clients.file', source: 'CLIENTS_FILE', words })));
  }
}
