// What a person is asked to share, item by item: each item is one decision and stands for scopes and claims.
import type { Channel } from '../identifiers/identifier.ts';

/** What the client asked of one claim (OpenID Connect Core, 5.5.1); `maxAge` in seconds is ours. */
export type ClaimRequest = { essential: boolean; maxAge?: number };

/** An authorization request, as far as sign-in and consent decide by it. */
export type Asked = {
  client: string;
  scopes: readonly string[];
  /** Claims of the `claims` parameter, for userinfo and the ID token together. */
  claims: Readonly<Record<string, ClaimRequest>>;
  /** Resources that tokens are asked for (RFC 8707). */
  resources: readonly string[];
};

export const itemNames = ['email', 'phone', 'phone_pseudonym', 'offline_access'] as const;
type KnownName = (typeof itemNames)[number];

/** A resource's identifier and one of its scopes. */
export type PermissionName = `${string} ${string}`;
export type ItemName = KnownName | PermissionName;

export const itemClaims: Record<KnownName, readonly string[]> = {
  email: ['email', 'email_verified', 'email_verified_at'],
  phone: ['phone_number', 'phone_number_verified', 'phone_number_verified_at'],
  phone_pseudonym: ['phone_pseudonym'],
  offline_access: [],
};

/** Items that stand for an address. */
export const itemChannels: Partial<Record<ItemName, Channel>> = { email: 'email', phone: 'phone', phone_pseudonym: 'phone' };

export type Item = { name: ItemName; scope: boolean; claims: string[]; essential: boolean };

/** What a request asks of the person's own, in the order in which people read them. */
export function listItems(asked: Asked): Item[] {
  return itemNames.flatMap((name) => {
    const claims = itemClaims[name].filter((claim) => asked.claims[claim]);
    const scope = asked.scopes.includes(name);
    const essential = claims.some((claim) => asked.claims[claim]?.essential);
    return scope || claims.length > 0 ? [{ name, scope, claims, essential }] : [];
  });
}

/** Freshness that the client asks of an address: the strictest `max_age` of its claims, seconds. */
export function freshnessOf(asked: Asked, name: 'email' | 'phone'): number | undefined {
  const ages = itemClaims[name].flatMap((claim) => asked.claims[claim]?.maxAge ?? []);
  return ages.length > 0 ? Math.min(...ages) : undefined;
}
