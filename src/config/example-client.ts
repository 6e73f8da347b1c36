// The client of the example app, which development has beside the provider: one port above it.
import type { Configured, ClientMetadata, Mode } from './schema/index.ts';

export const exampleClientId = 'example';

/** The clients, with the example app's moved to where it listens. */
export function placeExample(clients: readonly ClientMetadata[], url: string): readonly ClientMetadata[] {
  const place = { redirect_uris: [`${url}/callback`], post_logout_redirect_uris: [`${url}/`] };
  return clients.map((client) => (client.client_id === exampleClientId ? { ...client, ...place } : client));
}

/** The port is fixed before anything listens, so that commands beside the provider know the same place; undefined where it is not. */
export function findExampleUrl(mode: Mode, { port }: Configured['server']): string | undefined {
  return mode === 'development' && port > 0 && port < 65_535 ? `http://127.0.0.1:${port + 1}` : undefined;
}
