// The provider on localhost and the example relying party on 127.0.0.1: two sites, as in life (ports of one name are one site).
import { startRelyingParty } from '../../examples/relying-party/server.ts';
import { findFreePort } from './free-port.ts';
import { clientMetadata, type Program, startProgram } from './program.ts';

const registration = { clientId: 'example', clientSecret: 'example-secret-example-secret-example-secret' };

export type ExampleApp = { program: Program; url: string; close(): Promise<void> };

export async function startWithExampleApp(overrides: Parameters<typeof startProgram>[0] = {}): Promise<ExampleApp> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const client = {
    client_id: registration.clientId,
    client_name: 'Example app',
    client_secret: registration.clientSecret,
    client_uri: url,
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/`],
  };
  const program = await startProgram({ ...overrides, clients: { registered: [clientMetadata.web, client] } });
  const app = await startRelyingParty({ issuer: program.issuer, port, ...registration });
  return {
    program,
    url,
    async close() {
      await app.close();
      await program.close();
    },
  };
}
