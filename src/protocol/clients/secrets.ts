// Clients' secrets: 256 random bits or more, so that a plain hash can't be guessed, and kept as hashes only. While an application is
// given its new one, the old one may work for some hours more.
import { hash as hashAtOnce, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ClientMetadata, Provider } from 'oidc-provider';

/** Whoever finds one that has leaked sees what it is (see tokens/marks). */
export const drawSecret = () => `lkcs_${randomBytes(32).toString('base64url')}`;

/** Hexadecimal. */
export const digest = (secret: string) => hashAtOnce('sha256', secret);

/** What keeps a hash from passing for a secret. */
const hashed = 'sha256:';

export const isHashed = (secret: string): boolean => secret.startsWith(hashed);

/** What the library is given in place of a secret. */
export function hashSecret({ client_secret: secret, client_secret_sha256: given, ...rest }: ClientMetadata): ClientMetadata {
  const hash = typeof given === 'string' ? given : secret && digest(secret);
  return hash === undefined ? rest : { ...rest, client_secret: `${hashed}${hash}` };
}

/** What is stored: the hash of what came in plain; what the library hands back of ours is one already. */
export function keepHash({ client_secret: secret, ...rest }: ClientMetadata): ClientMetadata {
  if (secret === undefined) return rest;
  return { ...rest, client_secret_sha256: isHashed(secret) ? secret.slice(hashed.length) : digest(secret) };
}

export const isSecretOf = (hash: string | undefined, secret: string) => hash === `${hashed}${digest(secret)}`;

/** What isn't the name of a method needs none; that it is wrong is said by the metadata's rules. */
export const needsSecret = (method: unknown = 'client_secret_basic') => typeof method === 'string' && method.startsWith('client_secret');

export function withoutSecrets(metadata: ClientMetadata): ClientMetadata {
  const { client_secret: _, client_secret_sha256: __, former_client_secret: ___, ...shown } = metadata;
  return shown;
}

/** A secret is made for whoever needs one and has none. */
export function withItsSecret(metadata: ClientMetadata): { metadata: ClientMetadata; secret?: string } {
  const { token_endpoint_auth_method: method, client_secret: own, client_secret_sha256: hash } = metadata;
  if (!needsSecret(method) || own !== undefined || hash !== undefined) return { metadata };
  const secret = drawSecret();
  return { metadata: { ...metadata, client_secret: secret }, secret };
}

/** Seconds since the epoch. */
type Former = { sha256: string; until: number };

/** @param until when the old one ends, in seconds since the epoch; left out: at once */
export function changeSecret(metadata: ClientMetadata, secret: string, until: number | undefined): ClientMetadata {
  const { client_secret_sha256: sha256, former_client_secret: _, ...rest } = metadata;
  const former = until === undefined || sha256 === undefined ? {} : { former_client_secret: { sha256, until } };
  return { ...rest, ...former, client_secret: secret };
}

function equals(hash: string, given: string): boolean {
  const [expected, actual] = [hash, given].map((text) => Buffer.from(text, 'hex')) as [Buffer, Buffer];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

type StoredSecrets = { clientSecret?: string; former_client_secret?: Former };

/** Checks a presented secret against the hashes, in constant time. `now` in milliseconds since the epoch. */
export function compareSecretsByHash(provider: Provider, now: () => number): void {
  const prototype = provider.Client.prototype as unknown as StoredSecrets & { compareClientSecret(actual: string): boolean };
  prototype.compareClientSecret = function compareClientSecret(actual) {
    const given = digest(actual);
    const { clientSecret = '', former_client_secret: former } = this;
    if (equals(clientSecret.slice(hashed.length), given)) return true;
    if (!former || now() >= former.until * 1000) return false;
    return equals(former.sha256, given);
  };
}
