// What a client may register for itself (RFC 7591, 5; RFC 8252, 7; RFC 9700, 2.1): a redirect URI that is its own, nothing that only an
// operator may grant, and nothing that would make us fetch an address of its choice.
import { isIP } from 'node:net';
import { type Client, type ClientMetadata, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { createAddressCheck } from '../logout/special-addresses.ts';
import { checkMetadata, operatorMetadata } from '../clients/metadata.ts';
import { deviceGrant } from '../clients/client.ts';

type Metadata = ClientMetadata & Record<string, unknown>;

const maxUris = 20;
const maxBytes = 16_384;
const loopbacks = new Set(['127.0.0.1', '[::1]', 'localhost']);
const kindOf = createAddressCheck([]);

/** This machine by any of its names (RFC 6761, 6.3), or an address that means another machine in each network. */
function isNobodys(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  return isIP(address) ? kindOf(address) === 'refused' : /^(.+\.)?localhost\.?$/.test(host);
}
const grants = ['authorization_code', 'refresh_token', deviceGrant];
const fetched = ['jwks_uri', 'sector_identifier_uri', 'request_uris'];
const links = ['client_uri', 'policy_uri', 'tos_uri', 'logo_uri', 'initiate_login_uri', 'backchannel_logout_uri'];

function explainRedirect(uri: string, native: boolean): string | undefined {
  const { protocol, hostname } = new URL(uri);
  if (protocol === 'https:') return isNobodys(hostname) ? 'https needs a host of its own' : undefined;
  if (!native) return 'a web client needs https';
  if (protocol === 'http:') return loopbacks.has(hostname) ? undefined : 'http is for loopback addresses only';
  // A scheme without a domain in it is anybody's (RFC 8252, 7.1).
  return /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:$/.test(protocol)
    ? undefined
    : 'a custom scheme must be a domain in reverse order, such as com.example.app';
}

function* listRedirectProblems(body: Metadata): Iterable<string> {
  for (const member of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    const uris = body[member] ?? [];
    if (uris.length > maxUris) yield `${member}: at most ${maxUris}`;
    for (const [index, uri] of uris.entries()) {
      const words = explainRedirect(uri, body.application_type === 'native');
      if (words) yield `${member}[${index + 1}]: ${words}`;
    }
  }
}

function* listProblems(body: Metadata): Iterable<string> {
  for (const member of Object.keys(operatorMetadata)) if (member in body) yield `${member}: only the operator may say so`;
  for (const member of fetched) if (member in body) yield `${member}: not supported for clients that register themselves`;
  for (const member of links)
    if (typeof body[member] === 'string' && !body[member].startsWith('https:')) yield `${member}: must be an https URL`;
  for (const grant of body.grant_types ?? []) if (!grants.includes(grant)) yield `grant_types: ${grant} is for the operator to give`;
  if (JSON.stringify(body).length > maxBytes) yield `at most ${maxBytes} bytes of metadata`;
}

/**
 * The host that people reach the client at is its sector only if all of its redirect URIs lie there: another one among them would
 * learn that host's subjects (OpenID Connect Core, 8.1). So would a device, which is sent back nowhere, and a client that moves there
 * with the codes and tokens it has got elsewhere: whoever moves is a sector of its own from then on.
 */
function sectorOf(metadata: Metadata, before: Client | undefined): string {
  const { redirect_uris: uris = [], client_id: id, grant_types: asked } = metadata;
  const hosts = new Set(uris.map((uri) => (uri.startsWith('https:') ? new URL(uri).host : '')));
  const [host = ''] = hosts;
  const sector = hosts.size === 1 && host && !asked?.includes(deviceGrant) ? host : id;
  return before && before.sector !== sector ? id : sector;
}

/** A member that is null or empty counts as left out (RFC 7592, 2.2); what isn't understood is ignored (RFC 7591, 2). */
function readBody(ctx: KoaContextWithOIDC): Metadata {
  const entries = Object.entries(ctx.oidc.body ?? {}).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(entries) as Metadata;
}

/**
 * Holds a registration or an update against the rules, and completes it.
 * @param metadata what the library is about to make a client of; is changed
 * @throws invalid_client_metadata, invalid_redirect_uri (RFC 7591, 3.2.2), with every problem
 */
export function restrict(ctx: KoaContextWithOIDC, metadata: Metadata): void {
  const body = readBody(ctx);
  const { client_secret: _, ...checked } = body;
  const shape = checkMetadata({ ...checked, client_id: metadata.client_id })
    .filter(({ member, unknown }) => !unknown && member !== 'client_secret' && !fetched.includes(member))
    .map(({ member, words }) => `${member}: ${words}`);
  const problems = [...shape, ...listProblems(body)];
  if (problems.length > 0) throw new errors.InvalidClientMetadata(problems.join('; '));
  const redirects = [...listRedirectProblems(body)];
  if (redirects.length > 0) throw new errors.CustomOIDCProviderError('invalid_redirect_uri', redirects.join('; '));

  // Left out, as far as the rules go; the library keeps what is null or empty.
  for (const member of Object.keys(operatorMetadata)) delete metadata[member];
  // A device's client has no way to prove a sector.
  const subject = body.subject_type ?? (body.grant_types?.includes(deviceGrant) ? 'public' : 'pairwise');
  metadata.subject_type = subject;
  // Pseudonyms of numbers are the sector's, also where subjects are public.
  metadata.sector = sectorOf(metadata, ctx.oidc.client);
  if (subject === 'pairwise') metadata.sector_identifier_uri = 'https://sector.invalid/';
}
