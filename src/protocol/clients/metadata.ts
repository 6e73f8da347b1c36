// What a client may be: its metadata by the standard names (OpenID Connect Registration, 2; RFC 7591, 2), and ours. Every problem is
// told at once; what depends on the deployment (scopes, algorithms) is the library's to say afterwards.
import { z } from 'zod';

/** One thing that is wrong with a client. Words never hold a secret. */
export type MetadataProblem = { member: string; words: string; unknown?: boolean };

/** What is wrong with clients: expected, and the operator's to mend. */
export class ClientRefused extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ClientRefused';
    this.problems = problems;
  }
}

/** What an operator has to be sure of: everybody would be called otherwise there. */
export class RenamesRefused extends ClientRefused {}

/** No control characters, and none that turn the direction of what follows. */
const name = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must not hold invisible characters');
/** RFC 3986, 2: parsers drop line breaks and tabs, and others would pass them on. */
const visible = [/^[^\s\p{Cc}\p{Cf}]*$/u, 'must not hold spaces or invisible characters'] as const;
const webUri = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(2000)
  .regex(...visible);
const httpsUri = z
  .url({ protocol: /^https$/, error: 'must be an https URL' })
  .max(2000)
  .regex(...visible);
const redirectUri = z
  .string()
  .max(2000)
  .regex(...visible)
  .refine((uri) => URL.canParse(uri), 'must be a URL')
  .refine((uri) => !uri.includes('#'), 'must not have a fragment')
  .refine((uri) => !uri.includes('*'), 'must be one exact URL: nothing stands for others')
  .refine((uri) => !URL.parse(uri)?.username && !URL.parse(uri)?.password, 'must not hold a user name or password');
const words = z.array(z.string().min(1));
const algorithm = z.string().min(1);
const jwks = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

const standard = {
  client_id: z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters'),
  client_name: name.optional(),
  client_secret: z
    .string()
    .regex(/^[\x20-\x7e]*$/, 'must be ASCII')
    .min(43, 'must have at least 43 random characters (256 bits)')
    .optional(),
  application_type: z.enum(['web', 'native']).optional(),
  redirect_uris: z.array(redirectUri).optional(),
  post_logout_redirect_uris: z.array(redirectUri).optional(),
  grant_types: words.optional(),
  response_types: words.optional(),
  response_modes: words.optional(),
  scope: z.string().min(1).optional(),
  contacts: z.array(z.email()).max(10).optional(),
  client_uri: webUri.optional(),
  logo_uri: webUri.optional(),
  policy_uri: webUri.optional(),
  tos_uri: webUri.optional(),
  initiate_login_uri: httpsUri.optional(),
  token_endpoint_auth_method: z.string().min(1).optional(),
  token_endpoint_auth_signing_alg: algorithm.optional(),
  jwks: jwks.optional(),
  jwks_uri: webUri.optional(),
  subject_type: z.enum(['pairwise', 'public']).optional(),
  sector_identifier_uri: httpsUri.optional(),
  default_max_age: z.int().nonnegative().optional(),
  default_acr_values: words.optional(),
  require_auth_time: z.boolean().optional(),
  id_token_signed_response_alg: algorithm.optional(),
  userinfo_signed_response_alg: algorithm.optional(),
  introspection_signed_response_alg: algorithm.optional(),
  authorization_signed_response_alg: algorithm.optional(),
  request_object_signing_alg: algorithm.optional(),
  require_signed_request_object: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  backchannel_logout_uri: webUri.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
};

const sha256 = z.string().regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits');

/** Ours, and the operator's alone: no client can register them for itself. */
export const operatorMetadata = {
  client_secret_sha256: sha256.optional(),
  sector: z.string().min(1).max(255).optional(),
  consent: z.enum(['explicit', 'implicit']).optional(),
  require_pkce: z.boolean().optional(),
  logo: z.string().min(1).optional(),
  former_client_secret: z.strictObject({ sha256, until: z.int().positive().max(1e10, 'must be in seconds') }).optional(),
};

const schema = z.strictObject({ ...standard, ...operatorMetadata });

export const memberNames: readonly string[] = Object.keys(schema.shape);

/** Methods that need no secret. */
const keyed = ['none', 'private_key_jwt'];

type Checked = z.infer<typeof schema>;

function* crossRules(client: Partial<Checked>): Iterable<[member: string, words: string]> {
  const method = client.token_endpoint_auth_method ?? 'client_secret_basic';
  const secret = client.client_secret ?? client.client_secret_sha256;
  if (client.client_secret && client.client_secret_sha256) yield ['client_secret', 'and client_secret_sha256 exclude each other; keep one'];
  if (!keyed.includes(method) && secret === undefined)
    yield ['client_secret', `is required for ${method} (or client_secret_sha256); a public client says token_endpoint_auth_method: "none"`];
  if (method === 'none' && client.former_client_secret)
    yield ['former_client_secret', 'has no use where token_endpoint_auth_method is "none"'];
  if (method === 'none' && secret !== undefined) yield ['client_secret', 'has no use where token_endpoint_auth_method is "none"'];
  if (method === 'private_key_jwt' && !client.jwks && !client.jwks_uri) yield ['jwks', 'is required for private_key_jwt (or jwks_uri)'];
  if (client.jwks && client.jwks_uri) yield ['jwks', 'and jwks_uri exclude each other; keep one'];
  const grants = client.grant_types ?? ['authorization_code'];
  if (grants.includes('authorization_code') && !client.redirect_uris?.length) yield ['redirect_uris', 'must name at least one URL'];
  if (client.application_type !== 'native')
    for (const member of ['redirect_uris', 'post_logout_redirect_uris'] as const)
      if (client[member]?.some((uri) => !/^https?:/i.test(uri)))
        yield [member, 'may only use other schemes than http and https where application_type is "native"'];
}

/** What is wrong with a client's metadata; nothing if nothing is. */
export function checkMetadata(metadata: object): MetadataProblem[] {
  const result = schema.safeParse(metadata);
  const problems = result.success ? [] : result.error.issues.flatMap(describe);
  const wrong = new Set(problems.map(({ member }) => member.replace(/[[.].*/, '')));
  if (wrong.has('client_secret_sha256')) wrong.add('client_secret');
  for (const [member, said] of crossRules(leaveOut(metadata, wrong))) if (!wrong.has(member)) problems.push({ member, words: said });
  return problems;
}

function describe(issue: z.core.$ZodIssue): MetadataProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((member) => ({ member, words: 'is not client metadata', unknown: true }));
  const member = issue.path.reduce<string>((path, part) => {
    if (typeof part === 'number') return `${path}[${part + 1}]`;
    return path ? `${path}.${String(part)}` : String(part);
  }, '');
  const said = issue.message.replace(/^Invalid input: /, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  return [{ member, words: said }];
}

/** A member that is wrong in itself would only mislead the rules between members. */
function leaveOut(metadata: object, wrong: ReadonlySet<string>): Partial<Checked> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, wrong.has(key) ? undefined : value]));
}
