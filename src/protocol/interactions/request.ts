// An authorization request as the domain reads it: scopes, claims and assurance (OpenID Connect Core, 3.1.2.1 and 5.5).
import type { ClaimRequest } from '../../domain/consents/items.ts';
import type { SignInRequest } from '../../domain/sign-in/needs.ts';

/** The library's parameters; it has checked that `claims` is a JSON object of objects. */
export type Params = { [name: string]: unknown };

type Member = null | { essential?: unknown; value?: unknown; values?: unknown; max_age?: unknown };

const isMember = (member: unknown): member is Member => member === null || (typeof member === 'object' && !Array.isArray(member));
const words = (value: unknown) => (typeof value === 'string' ? value.split(' ').filter(Boolean) : []);

function parseClaims(claims: unknown): { userinfo: Record<string, unknown>; idToken: Record<string, unknown> } {
  const parsed = typeof claims === 'string' ? JSON.parse(claims) : {};
  return { userinfo: parsed.userinfo ?? {}, idToken: parsed.id_token ?? {} };
}

/** The `acr` claim comes before `acr_values`: only it can be essential (Core, 5.5.1.1). */
function readAcr(idToken: Record<string, unknown>, acrValues: unknown): { acrValues: string[]; acrEssential: boolean } {
  const member = idToken.acr;
  if (isMember(member) && member !== null) {
    const asked = Array.isArray(member.values) ? member.values : [member.value];
    const values = asked.filter((value): value is string => typeof value === 'string');
    if (values.length > 0) return { acrValues: values, acrEssential: member.essential === true };
  }
  return { acrValues: words(acrValues), acrEssential: false };
}

/** Freshness is ours: `max_age` seconds on `email_verified` or `phone_number_verified`. */
function readClaims(...members: Record<string, unknown>[]): Record<string, ClaimRequest> {
  const claims: Record<string, ClaimRequest> = {};
  for (const [name, member] of members.flatMap(Object.entries)) {
    if (!isMember(member) || ['acr', 'amr', 'auth_time', 'sub'].includes(name)) continue;
    const age = typeof member?.max_age === 'number' && member.max_age >= 0 ? member.max_age : undefined;
    const before = claims[name];
    const ages = [age, before?.maxAge].filter((each) => each !== undefined);
    claims[name] = {
      essential: member?.essential === true || before?.essential === true,
      ...(ages.length > 0 ? { maxAge: Math.min(...ages) } : {}),
    };
  }
  return claims;
}

/** `at`: when the request was made, milliseconds since the epoch; `prompt=login`, `prompt=create` and `max_age` count from then. */
export function readRequest(params: Params, at: number): SignInRequest {
  const { userinfo, idToken } = parseClaims(params.claims);
  const maxAge = params.max_age === undefined ? undefined : Number(params.max_age);
  const anew = words(params.prompt).some((prompt) => ['login', 'create'].includes(prompt));
  const freshSince = anew ? at : maxAge === undefined ? undefined : at - maxAge * 1000;
  return {
    client: String(params.client_id),
    scopes: words(params.scope),
    resources: [params.resource ?? []].flat().map(String),
    claims: readClaims(userinfo, idToken),
    ...readAcr(idToken, params.acr_values),
    freshSince,
    anew,
  };
}
