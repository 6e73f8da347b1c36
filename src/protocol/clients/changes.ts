// What becomes of a client's metadata when its operator answers anew, and what people would notice of it.
import type { ClientMetadata } from 'oidc-provider';
import { prepareClient } from './client.ts';
import { needsSecret } from './secrets.ts';

/** What is undefined among the answers is left out. A secret stays unless another one is given, or the client needs none any more. */
export function layOver(before: ClientMetadata, answers: Partial<ClientMetadata>): ClientMetadata {
  const { client_secret_sha256, former_client_secret, ...rest } = before;
  const { token_endpoint_auth_method: method } = { ...rest, ...answers };
  const isGiven = 'client_secret' in answers || 'client_secret_sha256' in answers;
  const kept = needsSecret(method) && !isGiven ? { client_secret_sha256, former_client_secret } : {};
  const all = Object.entries({ ...rest, ...kept, ...answers }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(all), client_id: before.client_id };
}

/**
 * Whether everybody would get another `sub`, or another pseudonym of their number, which is the sector's also where subjects are public.
 * A sector that was taken from the redirect URIs is frozen (see sectors).
 */
export function renamesPeople(before: ClientMetadata, after: ClientMetadata): boolean {
  const typeOf = (metadata: ClientMetadata) => prepareClient(metadata).subject_type;
  return typeOf(before) !== typeOf(after) || before.sector !== after.sector;
}
