// The APIs that clients may get access tokens for.
import { z } from 'zod';
import { group, setting } from './setting.ts';

const words = z.union(
  [z.string().min(1), z.record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/), z.string().min(1))],
  'must be a text, or texts by language, like { "en": "See your orders" }',
);

// RFC 8707, 2: an absolute URI without a fragment.
const identifier = z
  .string()
  .refine((uri) => URL.canParse(uri) && !/[#\s]/.test(uri), 'must be an absolute URI without a fragment, like https://api.example.com');

const identityScopes = ['openid', 'offline_access', 'email', 'phone', 'profile', 'phone_pseudonym'];

const scope = z.strictObject({
  name: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope token (RFC 6749, 3.3)')
    .refine((name) => !identityScopes.includes(name), 'is a scope of sign-in itself'),
  label: words,
});

const isUnique = (values: readonly string[]) => new Set(values).size === values.length;

const server = z.strictObject({
  identifier,
  name: words,
  scopes: z
    .array(scope)
    .min(1)
    .refine((scopes) => isUnique(scopes.map(({ name }) => name)), 'must not repeat a name'),
  accessTokenFormat: z.enum(['jwt', 'opaque']).default('jwt'),
  audience: z.string().min(1).optional(),
  accessTokenSeconds: z.int().positive().optional(),
  clients: z.array(z.string()).optional(),
  introspectionClients: z.array(z.string()).default([]),
});

export const resources = group({
  servers: setting(
    z
      .array(server)
      .refine((servers) => isUnique(servers.map((each) => each.identifier)), 'must not repeat an identifier')
      .default([]),
    'APIs that clients may get access tokens for: see [resources.md](relying-parties/resources.md).',
  ),
});
