// What becomes of a client's metadata when its operator answers anew, and what people would notice of it.
import type { ClientMetadata } from 'oidc-provider';
import { drawSecret, prepareClient } from './client.ts';

export const needsSecret = (method = 'client_secret_basic') => method.startsWith('client_secret');

/** What is undefined among the answers is left out. A secret stays unless another one is given, or the client needs none any more. */
export function layOver(before: ClientMetadata, answers: Partial<ClientMetadata>): ClientMetadata {
  const { client_secret_sha256: hash, ...rest } = before;
  const { token_endpoint_auth_method: method } = { ...rest, ...answers };
  const stays = needsSecret(method) && !('client_secret' in answers || 'client_secret_sha256' in answers);
  const all = { ...rest, ...(stays ? { client_secret_sha256: hash } : {}), ...answers };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), client_id: before.client_id };
}

/** A secret is made for whoever needs one and has none; who needs none keeps none. */
export function withItsSecret(metadata: ClientMetadata): { metadata: ClientMetadata; secret?: string } {
  const { client_secret: own, client_secret_sha256: hash, ...rest } = metadata;
  if (!needsSecret(metadata.token_endpoint_auth_method) || own !== undefined || hash !== undefined) return { metadata };
  const secret = drawSecret();
  return { metadata: { ...rest, client_secret: secret }, secret };
}

/** Whether everybody would get another `sub`. A sector that was taken from the redirect URIs is frozen (see sectors). */
export function renamesPeople(before: ClientMetadata, after: ClientMetadata): boolean {
  const typeOf = (metadata: ClientMetadata) => prepareClient(metadata).subject_type;
  return typeOf(before) !== typeOf(after) || (typeOf(after) === 'pairwise' && before.sector !== after.sector);
}
