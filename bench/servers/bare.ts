// The yardstick: oidc-provider with its in-memory adapter and development pages; the same algorithms, clients and claims as Latchkey.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type ClientMetadata, Provider } from 'oidc-provider';
import { makeSigningKey } from '../../src/keys/signing/make.ts';
import { api, clients } from '../site.ts';

const { PORT: port, KEYS_FILE: file = '' } = process.env;
console.warn = () => {};
console.info = () => {};

if (!existsSync(file)) {
  const keys = await Promise.all([makeSigningKey('ES256'), makeSigningKey('RS256')]);
  writeFileSync(file, JSON.stringify({ keys }));
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: Object.values(clients) as ClientMetadata[],
  jwks: JSON.parse(readFileSync(file, 'utf8')),
  scopes: ['openid', 'offline_access', 'email', api.scope],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  cookies: { keys: ['a key that signs the cookies of the yardstick'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }) }),
  features: {
    introspection: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: api.scope,
        audience: api.resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: api.accessTokenSeconds,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
const server = createServer(provider.callback()).listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => server.close(() => process.exit()).closeAllConnections());
