// The library by itself, with its own development pages and its in-memory store: any login name is a person.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const client = { clientId: 'example', clientSecret: 'a secret of this test, long enough to be one' };

/** Takes a port of localhost at once and answers 503 there until `provide` is called with where the relying party is. */
export async function openBareProvider() {
  let handle: ReturnType<Provider['callback']> | undefined;
  const server = createServer((request, response) => (handle ? handle(request, response) : response.writeHead(503).end()));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;

  function provide(relyingPartyUrl: string, clientId = client.clientId): Provider {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: client.clientSecret,
          redirect_uris: [`${relyingPartyUrl}/callback`],
          post_logout_redirect_uris: [`${relyingPartyUrl}/`],
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
      claims: {
        openid: ['sub', 'auth_time', 'acr', 'amr'],
        email: ['email', 'email_verified'],
        phone: ['phone_number', 'phone_number_verified'],
      },
      findAccount: (_ctx, login) => ({
        accountId: login,
        claims: () => ({
          sub: login,
          email: `${login}@example.com`,
          email_verified: true,
          phone_number: '+34600000001',
          phone_number_verified: false,
        }),
      }),
      cookies: { keys: ['signs the cookies of this test'] },
    });
    handle = provider.callback();
    return provider;
  }

  return {
    issuer,
    provide,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
