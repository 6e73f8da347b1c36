// Access tokens for APIs: resource indicators (RFC 8707), JWT access tokens (RFC 9068), and what machines may ask for
// themselves (client credentials, RFC 6749, 4.4).
import { type Client, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { Resource, Resources } from '../../domain/resources.ts';

type Deps = { resources: Resources; lifetimes: { accessTokenSeconds: number; jwtAccessTokenSeconds: number } };

export type ResourceServers = ReturnType<typeof createResourceServers>;

const words = (scope: unknown) => (typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []);
const isMachine = ({ oidc }: KoaContextWithOIDC) => oidc.params?.grant_type === 'client_credentials';

export function createResourceServers({ resources, lifetimes }: Deps) {
  /** A machine gets what its registration lists and nothing else; asking for nothing in particular is asking for all of it. */
  function limitMachine(ctx: KoaContextWithOIDC, client: Client, { scopes }: Resource): string[] {
    // RFC 6749, 4.4: only confidential clients.
    if (client.clientAuthMethod === 'none') throw new errors.UnauthorizedClient('a public client has no access of its own');
    const registered = words(client.scope);
    const allowed = scopes.map(({ name }) => name).filter((name) => registered.includes(name));
    const asked = words(ctx.oidc.params?.scope);
    const refused = asked.find((scope) => !allowed.includes(scope));
    if (refused !== undefined) throw new errors.InvalidScope('requested scope is not allowed', refused);
    if (allowed.length === 0) throw new errors.InvalidScope('the client is registered for no scope of this resource', '');
    if (asked.length === 0) Object.assign(ctx.oidc.params ?? {}, { scope: allowed.join(' ') });
    return allowed;
  }

  function getResourceServerInfo(ctx: KoaContextWithOIDC, identifier: string, client: Client): ResourceServer {
    const resource = resources.find(identifier, client.clientId);
    if (!resource) throw new errors.InvalidTarget('there is no such resource for this client');
    const scopes = isMachine(ctx) ? limitMachine(ctx, client, resource) : resource.scopes.map(({ name }) => name);
    const { accessTokenFormat, accessTokenSeconds } = resource;
    const isJwt = accessTokenFormat === 'jwt';
    return {
      scope: scopes.join(' '),
      audience: resources.audienceOf(resource),
      accessTokenFormat,
      accessTokenTTL: accessTokenSeconds ?? (isJwt ? lifetimes.jwtAccessTokenSeconds : lifetimes.accessTokenSeconds),
      ...(isJwt ? { jwt: { sign: { alg: 'ES256' } } } : {}),
    };
  }

  /** A person's tokens are for a resource only where the client names it; a machine's always are for one. */
  function defaultResource(ctx: KoaContextWithOIDC, client: Client, oneOf?: readonly string[]): string | readonly string[] | undefined {
    if (oneOf) return oneOf;
    if (!isMachine(ctx)) return undefined;
    const fitting = resources.findByScopes(words(ctx.oidc.params?.scope), client.clientId);
    if (!fitting) throw new errors.InvalidTarget('name the resource that the token is for');
    return fitting.identifier;
  }

  /** How the person was authenticated, for APIs that ask for more: in JWTs and at introspection (RFC 9068, 2.2.1; RFC 9470, 6). */
  function describeSignIn({ oidc }: KoaContextWithOIDC): { acr?: string; amr?: string[]; auth_time?: number } | undefined {
    const source = oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken ?? oidc.entities.DeviceCode;
    return source && { acr: source.acr, amr: source.amr, auth_time: source.authTime };
  }

  return {
    indicators: { enabled: true, getResourceServerInfo, defaultResource },

    extraTokenClaims: describeSignIn,

    /** Seconds that a token lives. */
    lifetimeOf: ({ resourceServer }: { resourceServer?: ResourceServer }) => resourceServer?.accessTokenTTL ?? lifetimes.accessTokenSeconds,

    /** A client sees its own tokens, a resource server those that are for it, and nobody else's. */
    async mayIntrospect({ oidc }: KoaContextWithOIDC, client: Client, token: { clientId?: string; aud?: unknown }): Promise<boolean> {
      if (token.clientId === client.clientId) return true;
      const isForIt = typeof token.aud === 'string' && resources.mayIntrospect(client.clientId, token.aud);
      // A client that was taken out of its file leaves tokens behind; the library would trip over them.
      return isForIt && (await oidc.provider.Client.find(String(token.clientId))) !== undefined;
    },
  };
}
