// What each member of the metadata promises, done. An exercise answers what holds; nothing that is listed may be refused,
// and what is not listed is (`beyond`).
import { connect, createDevice, deviceGrant, enterCode, television } from '../../helpers/device.ts';
import { goThrough, meetPerson, signIn } from '../../helpers/person.ts';
import { createRelyingParty, decodeJwt } from '../../helpers/relying-party.ts';
import type { House } from './house.ts';

/** What of it holds: the very list, the text or the truth that the metadata should say. */
export type Exercise = (house: House, value: never) => Promise<unknown>;

/** Those of the values, and of others that might be, for which it holds. */
const those =
  (others: readonly string[], holds: (house: House, value: string) => Promise<boolean>) =>
  async (house: House, listed: readonly string[]): Promise<string[]> => {
    const held: string[] = [];
    for (const value of [...listed, ...others.filter((each) => !listed.includes(each))]) if (await holds(house, value)) held.push(value);
    return held;
  };

const weak = ['HS256', 'ES384', 'none'];
const signs = (read: (house: House, id: string) => Promise<string>) =>
  those(['PS256'], async (house, alg) => {
    const token = await read(house, `signed-${alg}`).catch(() => '');
    return token.split('.').length === 3 && (await house.readJwt(token)).header.alg === alg;
  });
const proves = (endpoint: string) => those(weak, async (house, alg) => (await house.proveAt(endpoint, alg)).status === 200);
const methods = (endpoint: string) =>
  those(['client_secret_jwt', 'tls_client_auth'], async ({ client, tokens }, method) => {
    const of = await client({ none: 'none', private_key_jwt: 'keys-ES256' }[method] ?? method);
    const { status } = await of.post(endpoint, { token: 'x', grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
    // Somebody else's token is no matter of proving who one is.
    return status !== 401;
  });
/** The address, if a right request there is answered so. */
const answers =
  (ask: (house: House, address: string) => Promise<number>, status = 200) =>
  async (house: House, address: string) =>
    (await ask(house, address)) === status ? address : undefined;
const posted = (member: string, params: Record<string, string>) =>
  answers(async ({ client }) => (await (await client('web')).post(member, params)).status);
const opens = async ({ person }: House, url: string) => (await person.browser.open(url)).status;

/** Whether a request is taken: answered, or asked about. */
async function isTaken({ party, program }: House, params: Record<string, string>, known = meetPerson(program)): Promise<boolean> {
  const { answer } = await party.begin(known.browser, params);
  const form = answer.forms.find(({ action }) => action === 'https://app.example/callback')?.fields;
  if (!answer.location && !form) return answer.status === 200;
  const error = form ? form.error : new URL(answer.location ?? '').searchParams.get('error');
  return !['invalid_request', 'unsupported_response_type', 'unsupported_response_mode'].includes(String(error));
}

const everyClaim = ['sid', 'iss', 'sub', 'acr', 'amr', 'auth_time', 'email', 'email_verified', 'email_verified_at'].concat([
  'phone_number',
  'phone_number_verified',
  'phone_number_verified_at',
  'phone_pseudonym',
]);

export const exercises: Record<string, Exercise> = {
  issuer: async ({ tokens }) => decodeJwt(tokens.id_token).iss,
  authorization_endpoint: answers(async (house) => opens(house, house.party.request({ prompt: 'login' }).url)),
  token_endpoint: posted('token_endpoint', {
    grant_type: 'client_credentials',
    scope: 'orders:read',
    resource: 'https://orders.example/api',
  }),
  introspection_endpoint: posted('introspection_endpoint', { token: 'x' }),
  revocation_endpoint: posted('revocation_endpoint', { token: 'x' }),
  userinfo_endpoint: answers(async ({ party, tokens }) => (await party.userinfo(tokens.access_token)).status),
  jwks_uri: answers(async (_, address) => (await fetch(address)).status),
  end_session_endpoint: answers((house, address) => opens(house, address)),
  pushed_authorization_request_endpoint: answers(async ({ client }) => (await (await client('web')).push()).status, 201),
  device_authorization_endpoint: answers(async (_, address) => {
    const body = new URLSearchParams({ client_id: 'television', scope: 'openid email' });
    return (await fetch(address, { method: 'POST', body })).status;
  }),
  registration_endpoint: answers(async (_, address) => {
    const body = JSON.stringify({ redirect_uris: ['https://new.example/callback'] });
    return (await fetch(address, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status;
  }, 201),

  acr_values_supported: those(['gold', 'phr'], async (house, value) => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: [value] } } });
    const { id_token: token } = await house.tokensAt('web', { scope: 'openid', claims });
    return token !== undefined && decodeJwt(token).acr === value;
  }),
  claims_parameter_supported: async ({ tokensAt }) => {
    const { id_token: token } = await tokensAt('web', { claims: JSON.stringify({ id_token: { email: null } }) });
    return 'email' in decodeJwt(token);
  },
  claims_supported: those(['name', 'address', 'birthdate'], async ({ tokensAt }, name) => {
    const wanted = Object.fromEntries([...everyClaim, name].map((claim) => [claim, null]));
    const { id_token: token } = await tokensAt('web', { scope: 'openid', claims: JSON.stringify({ id_token: wanted }) });
    return name in decodeJwt(token);
  }),
  claim_types_supported: those(['aggregated', 'distributed'], async ({ party, tokens }, type) => {
    const { body } = await party.userinfo(tokens.access_token);
    return type === 'normal' ? 'email' in body : '_claim_sources' in body;
  }),
  code_challenge_methods_supported: those(['plain'], (house, method) => isTaken(house, { code_challenge_method: method })),
  scopes_supported: those(['address', 'profile'], async ({ party, person, program }, scope) => {
    const params = {
      scope: [...new Set(['openid', scope])].join(' '),
      prompt: 'consent',
      resource: scope === 'files:read' ? 'urn:files' : 'https://orders.example/api',
    };
    const { answer, verifier } = await party.begin(person.browser, params);
    const { code = '' } = party.readCallback(await goThrough(program, person, answer));
    const redeem = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: 'https://app.example/callback' };
    const isPermission = scope.includes(':');
    const { body } = await party.token(isPermission ? { ...redeem, resource: params.resource } : redeem);
    return (body.scope ?? '').split(' ').includes(scope);
  }),
  grant_types_supported: those(
    ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:token-exchange', 'urn:openid:params:grant-type:ciba'],
    async (house, grant) => {
      const { client, tokens, orders, program } = house;
      const of = await client('web');
      if (grant === 'authorization_code') return 'access_token' in (await house.tokensAt('web'));
      if (grant === deviceGrant) {
        const device = createDevice(await createRelyingParty(program.issuer, television), television);
        const codes = await device.askForCodes();
        const person = meetPerson(program);
        await enterCode(person.browser, codes);
        await connect(program, person);
        return (await device.poll(codes)).status === 200;
      }
      const params: Record<string, string> =
        grant === 'refresh_token' ? { refresh_token: tokens.refresh_token ?? '' } : { resource: orders, scope: 'orders:read' };
      return (await of.post('token_endpoint', { grant_type: grant, ...params })).status === 200;
    },
  ),
  response_types_supported: those(['none', 'id_token', 'code id_token', 'code token'], async (house, type) => {
    const { answer } = await house.party.begin(meetPerson(house.program).browser, { response_type: type });
    return answer.location === undefined && answer.status === 200;
  }),
  response_modes_supported: those(['web_message', 'web_message.jwt'], (house, mode) =>
    isTaken(house, { response_mode: mode, prompt: 'none' }),
  ),
  prompt_values_supported: those(['dance', 'logout'], (house, prompt) => isTaken(house, { prompt })),
  ui_locales_supported: those(['de', 'fr'], async ({ party, program }, locale) => {
    const { answer } = await party.begin(meetPerson(program).browser, { ui_locales: locale });
    return answer.text.includes(`<html lang="${locale}"`);
  }),
  subject_types_supported: those([], async ({ tokensAt, tokens }, type) => {
    const { id_token: here } = await tokensAt(`${type}-subject`);
    const differs = decodeJwt(here).sub !== decodeJwt(tokens.id_token).sub;
    return differs;
  }),
  token_endpoint_auth_methods_supported: methods('token_endpoint'),
  introspection_endpoint_auth_methods_supported: methods('introspection_endpoint'),
  revocation_endpoint_auth_methods_supported: methods('revocation_endpoint'),
  token_endpoint_auth_signing_alg_values_supported: proves('token_endpoint'),
  introspection_endpoint_auth_signing_alg_values_supported: proves('introspection_endpoint'),
  revocation_endpoint_auth_signing_alg_values_supported: proves('revocation_endpoint'),
  request_object_signing_alg_values_supported: those(weak, async ({ client, keys, program }, alg) => {
    const of = await client(`keys-${alg}`, alg as 'ES256');
    const { query } = of.party.request();
    const request = keys[alg] ? of.signRequest(Object.fromEntries(query)) : 'x.y.z';
    const { answer } = await of.party.begin(meetPerson(program).browser, { request });
    return answer.status === 200 && answer.location === undefined;
  }),
  dpop_signing_alg_values_supported: those(weak, async ({ client, keys, orders }, alg) => {
    const of = await client('web');
    const key = keys[alg];
    const dpop = key ? of.proof(of.at('token_endpoint'), { key: { ...key, alg: alg as 'ES256' } }) : 'x.y.z';
    const { body } = await of.post('token_endpoint', { grant_type: 'client_credentials', resource: orders, scope: 'orders:read' }, dpop);
    return body.token_type === 'DPoP';
  }),
  id_token_signing_alg_values_supported: signs(async ({ tokensAt }, id) => (await tokensAt(id)).id_token),
  userinfo_signing_alg_values_supported: signs(async ({ tokensAt, client }, id) => {
    const { access_token: token } = await tokensAt(id);
    return (await (await client(id)).userinfo(token, { scheme: 'Bearer' })).text;
  }),
  introspection_signing_alg_values_supported: signs(async ({ tokensAt, metadata }, id) => {
    const { access_token: token } = await tokensAt(id);
    const headers = {
      accept: 'application/token-introspection+jwt',
      authorization: `Basic ${btoa(`${id}:a-secret-a-secret-a-secret-a-secret-a-secret-`)}`,
    };
    return (await fetch(String(metadata.introspection_endpoint), { method: 'POST', headers, body: new URLSearchParams({ token }) })).text();
  }),
  authorization_signing_alg_values_supported: signs(async ({ client, program }, id) => {
    const { answer } = await (await client(id)).party.begin(meetPerson(program).browser, { response_mode: 'jwt', prompt: 'none' });
    return new URL(answer.location ?? '').searchParams.get('response') ?? '';
  }),
  request_parameter_supported: async ({ client, program }) => {
    const of = await client('keys-ES256');
    const { query } = of.party.request();
    const { answer } = await of.party.begin(meetPerson(program).browser, { request: of.signRequest(Object.fromEntries(query)) });
    return answer.status === 200;
  },
  request_uri_parameter_supported: async ({ party, program }) => {
    const { answer } = await party.begin(meetPerson(program).browser, { request_uri: 'https://app.example/request' });
    return party.readCallback(answer).error !== 'request_uri_not_supported';
  },
  authorization_response_iss_parameter_supported: async ({ party, program }) =>
    (await party.silently(meetPerson(program).browser)).iss === program.issuer,
  backchannel_logout_supported: async (house) => (await tellOfLogout(house)).sub !== undefined,
  backchannel_logout_session_supported: async (house) => (await tellOfLogout(house)).sid !== undefined,
};

/** What an app is told when somebody signs out. */
async function tellOfLogout({ program, client, app }: House): Promise<Record<string, unknown>> {
  const { party } = await client('told');
  const person = meetPerson(program);
  await signIn(program, party, { person });
  const before = app.received.length;
  await person.browser.open(String(party.metadata.end_session_endpoint));
  await person.browser.submit('/oidc/sign-out/confirm', { logout: 'yes' });
  const deadline = performance.now() + 10_000;
  while (app.received.length === before) {
    if (performance.now() > deadline) throw new Error('nobody was told within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return decodeJwt(app.received.at(-1)?.token ?? '');
}
