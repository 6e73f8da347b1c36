// Two APIs and the programs that use them: one takes JWTs, the other asks about its tokens.
import type { Client } from './relying-party.ts';

const secretOf = (name: string) => `${name}-secret-`.repeat(4);

export const orders = 'https://orders.example/api';
export const files = 'urn:files';

export const resources = {
  servers: [
    {
      identifier: orders,
      name: { en: 'Northwind orders', ar: 'طلبات نورثويند' },
      scopes: [
        { name: 'orders:read', label: { en: 'See your orders', ar: 'الاطّلاع على طلباتك' } },
        { name: 'orders:write', label: { en: 'Change your orders', ar: 'تغيير طلباتك' } },
      ],
      accessTokenFormat: 'jwt' as const,
      introspectionClients: [],
    },
    {
      identifier: files,
      name: 'Files',
      scopes: [{ name: 'files:read', label: 'See your files' }],
      accessTokenFormat: 'opaque' as const,
      audience: 'https://files.example',
      accessTokenSeconds: 120,
      clients: ['web', 'nightly'],
      introspectionClients: ['files-api'],
    },
  ],
};

const machine = (id: string, scope?: string) => ({
  client_id: id,
  client_secret: secretOf(id),
  grant_types: ['client_credentials'],
  redirect_uris: [],
  ...(scope === undefined ? {} : { scope }),
});

/** `nightly` may read both; `loose` is registered for nothing in particular. */
export const machines: Record<'nightly' | 'reports' | 'loose' | 'filesApi' | 'naked', Client & Record<string, unknown>> = {
  nightly: machine('nightly', 'orders:read files:read'),
  reports: machine('reports', 'orders:read orders:write files:read'),
  loose: machine('loose'),
  filesApi: machine('files-api'),
  naked: {
    client_id: 'naked',
    token_endpoint_auth_method: 'none',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    scope: 'orders:read',
  },
};
