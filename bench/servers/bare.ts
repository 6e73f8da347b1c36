// The yardstick: oidc-provider with its in-memory adapter and development pages, ES256.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { generateSecrets } from '../../src/keys/generate.ts';
import { client } from '../flows/oauth.ts';

const port = Number(process.env.PORT);
console.warn = () => {};
console.info = () => {};

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    { client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri], id_token_signed_response_alg: 'ES256' },
  ],
  jwks: generateSecrets().signingKeys,
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  cookies: { keys: ['a key that signs the cookies of the yardstick'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }) }),
});
createServer(provider.callback()).listen(port, 'localhost');
