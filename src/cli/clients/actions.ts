// What each of `latchkey clients …` does. Each answers with what people read and with what programs read.
import { ClientRefused, describeMetadata } from '../../config/clients.ts';
import type { Operator } from '../../operator.ts';
import { formatDetails } from '../table.ts';
import { type AddFlags, nameFlag, readAdded, toChanges, toMetadata, type UpdateFlags } from './options.ts';
import { formatClient, formatClients, toJson } from './print.ts';

export type Desk = Awaited<ReturnType<Operator['openClients']>>;
export type Said = { text: string; json: object };

const once = 'The secret is kept as a hash only: it is shown this once.';

export async function add(desk: Desk, asked: { id?: string; flags: AddFlags; cwd: string; issuer: string }): Promise<Said> {
  const { id, flags, cwd, issuer } = asked;
  const metadata = toMetadata(id, flags, cwd);
  const problems = describeMetadata({ ...metadata, client_secret_sha256: metadata['client_secret_sha256'] ?? placeholder(metadata) });
  if (problems.length > 0) throw new ClientRefused(flags.metadata === undefined ? problems.map(nameFlag) : problems);
  const logo = flags.logo === undefined ? undefined : readAdded(flags.logo, cwd);
  const { metadata: added, secret } = await desk.add(metadata, logo);
  const text = [
    `The client ${added.client_id} was added. Its application needs:`,
    formatDetails({ issuer, client_id: added.client_id, client_secret: secret }),
    ...(secret ? [once] : []),
  ].join('\n');
  return { text, json: { client: added, ...(secret ? { client_secret: secret } : {}) } };
}

export async function update(desk: Desk, id: string, { flags, cwd }: { flags: UpdateFlags; cwd: string }): Promise<Said> {
  const logo = flags.logo === undefined ? undefined : readAdded(flags.logo, cwd);
  const { metadata, secret } = await desk.update(id, toChanges(id, flags, cwd), { logo, renames: flags.yes });
  const told = secret ? `\n${formatDetails({ client_id: id, client_secret: secret })}\n${once}` : '';
  return { text: `The client ${id} was changed.${told}`, json: { client: metadata, ...(secret ? { client_secret: secret } : {}) } };
}

/** The secret is made later: its absence is no problem. */
function placeholder({ client_secret: secret, token_endpoint_auth_method: method }: Record<string, unknown>): string | undefined {
  const made = secret === undefined && (typeof method !== 'string' || method.startsWith('client_secret'));
  return made ? '0'.repeat(64) : undefined;
}

export async function list(desk: Desk): Promise<Said> {
  const clients = await desk.list();
  return { text: clients.length > 0 ? formatClients(clients) : 'There are no clients.', json: { clients: clients.map(toJson) } };
}

export async function show(desk: Desk, id: string): Promise<Said> {
  const client = await desk.find(id);
  if (!client) throw new ClientRefused([`there is no client ${id}`]);
  return { text: formatClient(client), json: { client: toJson(client) } };
}

export async function remove(desk: Desk, id: string): Promise<Said> {
  await desk.remove(id);
  return {
    text: `The client ${id} was removed. Its tokens have ended, and what people had agreed to is forgotten.`,
    json: { client_id: id },
  };
}

export async function rotateSecret(desk: Desk, id: string, keepHours: number): Promise<Said> {
  const secret = await desk.rotateSecret(id, { keepSeconds: keepHours * 3600 });
  const end = keepHours === 0 ? 'no longer works' : `works for ${keepHours === 1 ? 'an hour' : `${keepHours} hours`} more`;
  const text = `${formatDetails({ client_id: id, client_secret: secret })}\n${once} The old one ${end}.`;
  return { text, json: { client_id: id, client_secret: secret } };
}

export async function invite(desk: Desk, { uses, days }: { uses: number; days: number }): Promise<Said> {
  const token = await desk.invite({ uses, seconds: days * 86_400 });
  const [clients, time] = [uses === 1 ? 'One client' : `${uses} clients`, days === 1 ? 'a day' : `${days} days`];
  const text = `${formatDetails({ initial_access_token: token })}\n${clients} can register with it, within ${time}. It is shown this once.`;
  return { text, json: { initial_access_token: token, uses, days } };
}
