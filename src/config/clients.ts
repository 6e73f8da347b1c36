// Reads the file of clients. Only its shape is checked here; what a client may be is the protocol's to say.
import { isObject, readJson } from './files.ts';
import type { About, Problem } from './problems.ts';
import type { ClientMetadata } from './schema/index.ts';

/** @param about the setting that names the file */
export function readClients(file: string, about: About, problems: Problem[]): ClientMetadata[] {
  const content = readJson(file, about, problems);
  if (content === undefined) return [];
  if (!Array.isArray(content)) {
    problems.push({ ...about, words: `must hold a JSON array of clients: ${file}` });
    return [];
  }
  const seen = new Set<string>();
  return content.filter((client: unknown, at): client is ClientMetadata => {
    const id = isObject(client) ? client['client_id'] : undefined;
    if (typeof id !== 'string' || !id) {
      problems.push({ ...about, words: `client ${at + 1} has no client_id: ${file}` });
      return false;
    }
    if (seen.has(id)) problems.push({ ...about, words: `the client_id ${id} is there twice: ${file}` });
    seen.add(id);
    return true;
  });
}
