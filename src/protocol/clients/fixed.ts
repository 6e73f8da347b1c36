// Clients that stand in a file: their logos are read, and the library's word on each is heard, before the first request.
import { readFileSync } from 'node:fs';
import type { ClientMetadata, Provider } from 'oidc-provider';
import { ClientRefused } from './metadata.ts';
import type { ClientLogos } from './logos.ts';
import { prepareClient } from './client.ts';

/** What is wrong with a client for the library; it stops at the first thing. */
export function explainRefusal(provider: Provider, metadata: ClientMetadata): string | undefined {
  const words = hearRefusal(provider, metadata);
  if (!words?.startsWith('scope ')) return words;
  // Which one it is, it leaves open.
  const scopes = metadata.scope?.split(' ') ?? [];
  const wrong = scopes.filter((scope) => scope && hearRefusal(provider, { ...metadata, scope }) === words);
  return wrong.length > 0 ? `scope: there is no ${wrong.join(' and no ')} here` : words;
}

function hearRefusal(provider: Provider, metadata: ClientMetadata): string | undefined {
  const Client = provider.Client as unknown as new (metadata: ClientMetadata) => unknown;
  try {
    return void new Client(prepareClient(metadata));
  } catch (error) {
    const { error: code, error_description: words } = error as { error?: string; error_description?: string };
    if (code !== 'invalid_client_metadata' && code !== 'invalid_redirect_uri') throw error;
    return words ?? code;
  }
}

/** Puts in place of each logo's file the name that it is served under. @throws {ClientRefused} naming every one that can't be */
export function holdLogos(clients: readonly ClientMetadata[], logos: ClientLogos): ClientMetadata[] {
  const problems: string[] = [];
  const held = clients.map((client) => {
    if (typeof client.logo !== 'string') return client;
    try {
      return { ...client, logo: logos.hold(client.client_id, readFileSync(client.logo)) };
    } catch (error) {
      problems.push(`client ${client.client_id}: logo ${client.logo}: ${(error as Error).message}`);
      return client;
    }
  });
  if (problems.length > 0) throw new ClientRefused(problems);
  return held;
}

/** @throws {ClientRefused} naming every client that the library can't work with */
export function checkFixed(provider: Provider, clients: readonly ClientMetadata[]): void {
  const problems = clients.flatMap((client) => {
    const refusal = explainRefusal(provider, client);
    return refusal ? [`client ${client.client_id}: ${refusal}`] : [];
  });
  if (problems.length > 0) throw new ClientRefused(problems);
}
