// Relying parties as the library knows them: standard metadata (OpenID Connect Registration, 2), with secrets kept only as hashes.
import type { Client, ClientMetadata } from 'oidc-provider';
import { operatorMetadata } from './metadata.ts';
import { hashSecret } from './secrets.ts';

/** RFC 8628, 3.4. */
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** Our own metadata that the library keeps with a client. */
export const ownMetadata = Object.keys(operatorMetadata).filter((name) => name !== 'client_secret_sha256');

/**
 * The library demands a `sector_identifier_uri` of clients with several redirect hosts; ours come from the `sector`
 * metadatum or the store (see sectors), so a name that resolves nowhere stands in and is never fetched.
 */
function nameSector(metadata: ClientMetadata): ClientMetadata {
  const { subject_type: subjectType, grant_types: grants } = metadata;
  // A device has no redirect URI to tell its sector by; pairwise would ask it for keys of its own besides.
  if (subjectType === undefined && grants?.includes(deviceGrant)) return { ...metadata, subject_type: 'public' };
  if (subjectType === 'public') return metadata;
  return { subject_type: 'pairwise', sector_identifier_uri: 'https://sector.invalid/', ...metadata };
}

/** A client that may refresh says so by asking for `offline_access`; the grant type need not be spelled out. */
function allowRefresh(metadata: ClientMetadata): ClientMetadata {
  const grants = metadata.grant_types ?? ['authorization_code', 'refresh_token'];
  // A machine has nothing to redirect to.
  return { grant_types: grants, response_types: grants.includes('authorization_code') ? ['code'] : [], ...metadata };
}

/** What the library is given for a client as its operator wrote it. */
export const prepareClient = (metadata: ClientMetadata): ClientMetadata => nameSector(allowRefresh(hashSecret(metadata)));

/** The relying party as pages name it, and where a person finds it: the way on from a dead end. */
export type App = { name: string; uri?: string; logo?: string; policyUri?: string; tosUri?: string };

/** @param issuer goes along to an `initiate_login_uri` (OpenID Connect Core, 4) */
export function describeApp(client: Client, issuer: string): App {
  const { clientId, clientName, clientUri, initiateLoginUri, policyUri, tosUri, redirectUris = [] } = client;
  const [first = ''] = redirectUris;
  const home = /^https?:/.test(first) ? `${new URL(first).origin}/` : undefined;
  const start = initiateLoginUri === undefined ? undefined : withIssuer(initiateLoginUri, issuer);
  const logo = typeof client.logo === 'string' ? `/logos/${client.logo}` : undefined;
  return { name: clientName ?? clientId, uri: start ?? clientUri ?? home, logo, policyUri, tosUri };
}

function withIssuer(uri: string, issuer: string): string {
  const url = new URL(uri);
  url.searchParams.set('iss', issuer);
  return url.href;
}
