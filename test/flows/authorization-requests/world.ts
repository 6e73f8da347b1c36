// What the rows are asked in: one program, its clients, somebody who signed in a while ago, and an ordinary request.
import { resources } from '../../helpers/api.ts';
import { createBrowser } from '../../helpers/browser.ts';
import type { Claims, KeyPair } from '../../helpers/jwt.ts';
import { createKeyClient, makeRegistration, type Registration } from '../../helpers/key-client.ts';
import { meetPerson, signIn } from '../../helpers/person.ts';
import type { Program } from '../../helpers/program.ts';
import { createRelyingParty, decodeJwt } from '../../helpers/relying-party.ts';
import type { Params } from './row.ts';

const web = {
  client_id: 'web',
  client_name: 'Northwind',
  client_secret: 'web-secret-web-secret-web-secret-web-secret',
  redirect_uris: ['https://app.example/callback'],
};
const keyed = {
  signing: makeRegistration('signing', { redirect_uris: web.redirect_uris }),
  strict: makeRegistration('strict', { redirect_uris: web.redirect_uris, require_signed_request_object: true }),
  pushing: makeRegistration('pushing', { redirect_uris: web.redirect_uris, require_pushed_authorization_requests: true }),
};

const clients: Registration[] = [
  web,
  { ...web, client_id: 'two', redirect_uris: [...web.redirect_uris, 'https://second.example/callback'] },
  { ...web, client_id: 'loose', require_pkce: false },
  { ...web, client_id: 'narrow', scope: 'openid email' },
  { ...web, client_id: 'queries', response_modes: ['query'] },
  { ...web, client_id: 'hasty', default_max_age: 500 },
  { ...web, client_id: 'machine', grant_types: ['client_credentials'], redirect_uris: [] },
  { client_id: 'spa', token_endpoint_auth_method: 'none', application_type: 'native', redirect_uris: ['http://127.0.0.1:9/spa'] },
  { client_id: 'scheme', token_endpoint_auth_method: 'none', application_type: 'native', redirect_uris: ['com.example.app:/callback'] },
  ...Object.values(keyed).map(({ registration }) => registration),
];

export const settings = { resources, clients: { registered: clients } };

export type World = Awaited<ReturnType<typeof createWorld>> & { ordinary: Record<string, string> };

/** @param advance moves the clock; seconds */
export async function createWorld(program: Program, advance: (seconds: number) => void) {
  const party = await createRelyingParty(program.issuer, web);
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person });
  const others = await signIn(program, party, { person: meetPerson(program) });

  const find = (id: string): Registration => clients.find((each) => each.client_id === id) ?? web;
  const keyOf = (id: string): KeyPair => (keyed[id as keyof typeof keyed] ?? keyed.signing).key;
  const connect = (id: string) => createKeyClient(program, find(id), keyOf(id));

  /** What a client asks that wants nothing in particular. */
  function ordinaryOf(id: string): Record<string, string> {
    const [redirectUri = 'https://app.example/callback'] = find(id).redirect_uris;
    return {
      client_id: id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email',
      state: 'a-state',
      nonce: 'a-nonce',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
  }

  async function sign(id: string, { claims = {}, header = {} }: { claims?: Claims; header?: Claims }): Promise<Params> {
    return { request: (await connect(id)).signRequest(ordinaryOf(id), { claims, header }) };
  }

  /** Pushes an ordinary request, signed where the client signs; what is left for the browser is its name. */
  async function push(id: string): Promise<Params> {
    const of = await connect(id);
    const params = ordinaryOf(id);
    const pushed: Record<string, string> = id === 'signing' ? { request: of.signRequest(params) } : params;
    const { request_uri: uri } = (await of.post('pushed_authorization_request_endpoint', pushed)).body;
    const nothing = Object.fromEntries(Object.keys(params).map((name) => [name, undefined]));
    return { ...nothing, client_id: id, request_uri: String(uri) };
  }

  const urlOf = (params: Params): string => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) for (const each of [value ?? []].flat()) query.append(name, each);
    return `${String(party.metadata.authorization_endpoint)}?${query.toString()}`;
  };

  /** Lets the known person use a pushed request up. */
  async function use(params: Params): Promise<Params> {
    const { location } = await person.browser.open(urlOf(params));
    if (!location?.includes('code=')) throw new Error(`it was not used: ${location}`);
    return params;
  }

  const expired = await push('web');
  advance(1000);

  return {
    issuer: program.issuer,
    idToken: tokens.id_token,
    othersIdToken: others.tokens.id_token,
    sub: decodeJwt(tokens.id_token).sub,
    expired,
    find,
    keyOf,
    ordinaryOf,
    sign,
    push,
    use,
    urlOf,
    known: person.browser,
    meet: () => createBrowser(program.url),
  };
}
