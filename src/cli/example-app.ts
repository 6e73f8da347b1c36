// The example relying party, beside a provider in development: one port above it, registered as the client "example".
import { exampleClientId as clientId, placeExample } from '../config/example-client.ts';
import type { Settings } from '../config/schema/index.ts';

export type ExampleApp = {
  url: string;
  /** The settings with the client's redirect URIs moved to where the example listens. */
  settings: Settings;
  close(): Promise<void>;
};

/**
 * @param port where to listen; 0 takes a free one
 * @returns undefined where there is none to run; what keeps it from running is only a warning
 */
export async function startExampleApp(settings: Settings, port: number, warn: (line: string) => void): Promise<ExampleApp | undefined> {
  const client = settings.clients.registered.find((candidate) => candidate.client_id === clientId);
  if (settings.mode !== 'development' || !client) return undefined;
  try {
    const { startRelyingParty } = await import('../../examples/relying-party/server.ts');
    const { url, close } = await startRelyingParty({
      issuer: settings.server.issuer,
      port,
      host: '127.0.0.1',
      clientId,
      clientSecret: String(client['client_secret']),
    });
    return { url, close, settings: { ...settings, clients: { registered: placeExample(settings.clients.registered, url) } } };
  } catch (error) {
    warn(`The example app does not run: ${(error as Error).message}`);
    return undefined;
  }
}
