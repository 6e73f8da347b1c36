// Clients that register themselves, as their programs do it, and the operator who invites them.
import { openOperator } from '../../src/operator.ts';
import type { Storage } from '../../src/storage/port.ts';
import type { Program } from './program.ts';

export type Registered = Record<string, unknown> & {
  client_id: string;
  client_secret?: string;
  redirect_uris: string[];
  registration_access_token: string;
  registration_client_uri: string;
};
type Answer = { status: number; headers: Headers; body: Registered & { error?: string; error_description?: string } };

export const app = { client_name: 'Garden', redirect_uris: ['https://garden.example/callback'] };

async function ask(url: string, method: string, { token, body }: { token?: string; body?: object } = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body && JSON.stringify(body),
  });
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? ((await response.json()) as Answer['body']) : ({} as never) };
}

export const register = (program: Program, metadata: object = app, token?: string) =>
  ask(`${program.url}/oidc/register`, 'POST', { token, body: metadata });

const manage = ({ registration_client_uri: url, registration_access_token: token }: Registered, method: string, body?: object) =>
  ask(url, method, { token, body });

export const readClient = (client: Registered) => manage(client, 'GET');
export const updateClient = (client: Registered, metadata: object) => manage(client, 'PUT', metadata);
export const deleteClient = (client: Registered) => manage(client, 'DELETE');

/** What an operator does with clients, over the program's own store. */
export const openClients = async (program: Program, storage: Storage) => (await openOperator(program.settings, { storage })).openClients();
