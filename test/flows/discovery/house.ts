// One program with everything switched on, and what the exercises do in it.
import { orders, resources } from '../../helpers/api.ts';
import { television } from '../../helpers/device.ts';
import { type Alg, type Claims, makeKeyPair, verifyJwt } from '../../helpers/jwt.ts';
import { createKeyClient, registerKey, type Registration } from '../../helpers/key-client.ts';
import { startLogoutReceiver } from '../../helpers/logout-receiver.ts';
import { goThrough, meetPerson, signIn } from '../../helpers/person.ts';
import { startProgram } from '../../helpers/program.ts';
import { createRelyingParty } from '../../helpers/relying-party.ts';

const algorithms: Alg[] = ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'];
const keys = Object.fromEntries(algorithms.map((alg) => [alg, makeKeyPair(alg)]));
const secret = 'a-secret-a-secret-a-secret-a-secret-a-secret-';
const both = {
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  scope: 'openid offline_access email phone phone_pseudonym orders:read orders:write files:read',
};
const web = (id: string, more: Claims = {}): Registration & { client_secret: string } => ({
  client_id: id,
  client_name: id,
  client_secret: secret,
  redirect_uris: ['https://app.example/callback'],
  ...more,
});

export const outFor = { scope: 'openid email phone phone_pseudonym offline_access', prompt: 'consent' };

export type House = Awaited<ReturnType<typeof openHouse>>;

export async function openHouse() {
  const app = await startLogoutReceiver();
  const registered: Registration[] = [
    web('web', both),
    web('client_secret_basic', both),
    web('client_secret_post', { ...both, token_endpoint_auth_method: 'client_secret_post' }),
    web('public-subject', { subject_type: 'public' }),
    web('pairwise-subject', { subject_type: 'pairwise', sector: 'another.example' }),
    web('told', { backchannel_logout_uri: app.uri, backchannel_logout_session_required: true }),
    { client_id: 'none', token_endpoint_auth_method: 'none', redirect_uris: ['https://app.example/callback'] },
    television,
    ...algorithms.map((alg) =>
      registerKey(keys[alg] ?? makeKeyPair(), `keys-${alg}`, { ...both, redirect_uris: ['https://app.example/callback'] }),
    ),
    ...['ES256', 'RS256', 'EdDSA'].map((alg) =>
      web(`signed-${alg}`, {
        id_token_signed_response_alg: alg,
        userinfo_signed_response_alg: alg,
        introspection_signed_response_alg: alg,
        authorization_signed_response_alg: alg,
      }),
    ),
  ];
  const program = await startProgram({
    resources,
    protocol: { jarm: true },
    registration: { enabled: true, invited: false },
    signingKeys: { algorithms: ['ES256', 'RS256', 'EdDSA'] },
    backChannelLogout: { allowedAddresses: ['127.0.0.1'], firstRetrySeconds: 1, pollSeconds: 1 },
    clients: { registered },
  });
  const address = `${program.issuer}/.well-known/openid-configuration`;
  const metadata = (await (await fetch(address)).json()) as Record<string, unknown>;

  /** Somebody who has proven everything and agreed to it, at `web`. */
  const person = meetPerson(program);
  const party = await createRelyingParty(program.issuer, web('web'));
  const { tokens } = await signIn(program, party, { person, params: outFor });

  const find = (id: string): Registration => registered.find((each) => each.client_id === id) ?? web(id);
  const client = (id: string, alg: Alg = 'ES256') => createKeyClient(program, find(id), keys[alg] ?? makeKeyPair());

  /** A whole sign-in of that person at any client, and its tokens. */
  async function tokensAt(id: string, params: Record<string, string> = {}) {
    const of = await client(id);
    const { answer, verifier } = await of.party.begin(person.browser, params);
    const last = await goThrough(program, person, answer);
    const code = new URL(last.location ?? 'https://nowhere.example').searchParams.get('code') ?? '';
    return (await of.redeem(code, verifier)).body;
  }

  async function readJwt(token: string): Promise<{ header: Claims; payload: Claims }> {
    const { keys: published } = (await (await fetch(String(metadata.jwks_uri))).json()) as { keys: Claims[] };
    return verifyJwt(token, published);
  }

  return {
    program,
    address,
    metadata,
    person,
    party,
    tokens,
    orders,
    app,
    keys,
    client,
    tokensAt,
    readJwt,
    /** How an app with a key of this algorithm is answered where clients prove themselves. */
    async proveAt(endpoint: string, alg: string) {
      const of = await createKeyClient(program, find(`keys-${alg}`), keys[alg] ?? makeKeyPair());
      return of.post(endpoint, { token: 'x', grant_type: 'client_credentials', resource: orders, scope: 'orders:read' });
    },
    async close() {
      await program.close();
      await app.close();
    },
  };
}
