// The APIs that access tokens are for: which permissions each of them knows, who may ask, and how people read them.
import type { Asked, Item, PermissionName } from './consents/items.ts';

/** One text, or one per language. */
export type Words = string | Readonly<Record<string, string>>;

/** A resource server (RFC 8707) as the operator describes it. */
export type Resource = {
  /** The absolute URI that clients send as `resource`. */
  identifier: string;
  name: Words;
  scopes: readonly { name: string; label: Words }[];
  accessTokenFormat: 'jwt' | 'opaque';
  /** `aud` of its tokens, if it isn't the identifier. */
  audience?: string;
  accessTokenSeconds?: number;
  /** Clients that may get tokens for it; left out: all. */
  clients?: readonly string[];
  /** Clients that are the resource server itself: they may introspect its tokens. */
  introspectionClients: readonly string[];
};

export type Resources = ReturnType<typeof createResources>;

const permission = (resource: string, scope: string): PermissionName => `${resource} ${scope}`;

/** Neither a URI nor a scope holds a space. */
export function readPermission(name: PermissionName): { resource: string; scope: string } {
  const [resource = '', scope = ''] = name.split(' ');
  return { resource, scope };
}

export const isPermission = (name: string): name is PermissionName => name.includes(' ');

const inLanguage = (words: Words, locale: string): string =>
  typeof words === 'string' ? words : (words[locale] ?? words.en ?? Object.values(words)[0] ?? '');

export function createResources(known: readonly Resource[]) {
  const byIdentifier = new Map(known.map((resource) => [resource.identifier, resource]));
  const audienceOf = ({ audience, identifier }: Resource) => audience ?? identifier;

  /** What a client may ask tokens of; undefined: there is no such resource, or it is not for this client. */
  function find(identifier: string, client: string): Resource | undefined {
    const resource = byIdentifier.get(identifier);
    return resource?.clients?.includes(client) === false ? undefined : resource;
  }

  /** The one resource that has all of these scopes, for clients that can't name it. */
  function findByScopes(scopes: readonly string[], client: string): Resource | undefined {
    const fitting = known.filter((resource) => {
      const names = resource.scopes.map(({ name }) => name);
      return scopes.every((scope) => names.includes(scope)) && find(resource.identifier, client);
    });
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /** Permissions are what the request is about: they can't be unticked, and are asked for as long as they are not given. */
  function listPermissions({ resources, scopes }: Asked): Item[] {
    return resources.flatMap((identifier) =>
      (byIdentifier.get(identifier)?.scopes ?? [])
        .filter(({ name }) => scopes.includes(name))
        .map(({ name }) => ({ name: permission(identifier, name), scope: true, claims: [], essential: true })),
    );
  }

  /** How a person reads it; a permission that is no longer configured has no words. */
  function describe(name: PermissionName, locale: string): { label: string; of: string } | undefined {
    const { resource: identifier, scope } = readPermission(name);
    const resource = byIdentifier.get(identifier);
    const found = resource?.scopes.find((each) => each.name === scope);
    return resource && found && { label: inLanguage(found.label, locale), of: inLanguage(resource.name, locale) };
  }

  /** Whether this client is the resource server that tokens of this audience are for. */
  const mayIntrospect = (client: string, audience: string): boolean =>
    known.some((resource) => audienceOf(resource) === audience && resource.introspectionClients.includes(client));

  return {
    find,
    findByScopes,
    listPermissions,
    describe,
    mayIntrospect,
    audienceOf,
    scopes: [...new Set(known.flatMap(({ scopes }) => scopes.map(({ name }) => name)))],
  };
}
