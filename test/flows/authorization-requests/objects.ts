// Requests as objects: signed (RFC 9101) and pushed (RFC 9126).
import { makeKeyPair, signJwt } from '../../helpers/jwt.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

const stranger = makeKeyPair();
const now = () => Math.floor(Date.now() / 1000);
const bad = 'error invalid_request_object';

type How = { claims?: Record<string, unknown>; header?: Record<string, unknown> };

/** An ordinary request, signed; what is beside it only says where an error goes. */
const sign =
  (how: How = {}, client = 'signing') =>
  (world: World) =>
    world.sign(client, how);

// prettier-ignore
export const objects: Row[] = [
  { law: 'RFC 9101 5', when: 'the request is signed', client: 'signing', ask: sign(), get: 'ask email' },
  { law: 'RFC 9101 4', when: 'claims are an object inside', client: 'signing', ask: sign({ claims: { claims: { userinfo: { email: null } } } }), get: 'ask email' },
  { law: 'RFC 9101 4', when: 'max_age is a number inside', client: 'signing', ask: sign({ claims: { max_age: 100 } }), get: 'ask email' },
  { law: 'RFC 9101 4', when: 'the resource is a list inside', client: 'signing', ask: sign({ claims: { resource: ['https://nowhere.example'] } }), get: 'error invalid_target' },
  { law: 'RFC 9101 10.2', when: 'the request is not signed', client: 'signing', ask: sign({ header: { alg: 'none' } }), get: bad },
  { law: 'RFC 9101 10.2', when: 'it says that a secret signed it', client: 'signing', ask: sign({ header: { alg: 'HS256' } }), get: bad },
  { law: 'RFC 9101 6.2', when: 'it says that another algorithm did', client: 'signing', ask: sign({ header: { alg: 'RS256' } }), get: bad },
  { law: 'RFC 9101 6.2', when: 'its key is unknown', client: 'signing', ask: sign({ header: { kid: 'other' } }), get: bad },
  { law: 'RFC 9101 6.3', when: 'it has expired', client: 'signing', ask: sign({ claims: { exp: 1 } }), get: bad },
  { law: 'RFC 9101 6.3', when: 'it is not valid yet', client: 'signing', ask: sign({ claims: { nbf: 9e9, exp: 9e9 + 60 } }), get: bad },
  { law: 'RFC 9101 5', when: 'it is for somebody else', client: 'signing', ask: sign({ claims: { aud: 'https://elsewhere.example' } }), get: bad },
  { law: 'RFC 9101 5', when: 'it is by somebody else', client: 'signing', ask: sign({ claims: { iss: 'web' } }), get: bad },
  { law: 'RFC 9101 5', when: 'it names another client', client: 'signing', ask: sign({ claims: { client_id: 'web' } }), get: bad },
  { law: 'RFC 9101 5', when: 'it asks for another response type', client: 'signing', ask: sign({ claims: { response_type: 'token' } }), get: `${bad} in the fragment` },
  { law: 'RFC 9101 4', when: 'there is a request in it', client: 'signing', ask: sign({ claims: { request: 'x' } }), get: bad },
  { law: 'RFC 9101 4', when: 'there is a reference in it', client: 'signing', ask: sign({ claims: { request_uri: 'https://elsewhere.example' } }), get: bad },
  { law: 'RFC 9101 6.3', when: 'its redirect URI is not registered', client: 'signing', ask: sign({ claims: { redirect_uri: 'https://evil.example/' } }), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9101 6.3', when: 'it has no PKCE', client: 'signing', ask: sign({ claims: { code_challenge: undefined, code_challenge_method: undefined } }), get: 'error invalid_request' },
  { law: 'RFC 9101 10.5', when: 'a client that must sign does', client: 'strict', ask: sign({}, 'strict'), get: 'ask email' },
  { law: 'RFC 9101 10.5', when: 'a client that must sign does not', client: 'strict', ask: {}, get: 'error invalid_request' },
  { law: 'RFC 9101 6.2', when: 'another key signed', client: 'signing', ask: ({ issuer, keyOf }) => ({ request: signJwt({ ...stranger, kid: keyOf('signing').kid }, { iss: 'signing', aud: issuer, client_id: 'signing', exp: now() + 60 }) }), get: bad },
  { law: 'RFC 9101 6.1', when: 'it is no JWT', client: 'signing', ask: { request: 'x' }, get: bad },
  { law: 'RFC 9101 5', when: 'a client without keys signs', ask: ({ issuer }) => ({ request: signJwt(stranger, { iss: 'web', aud: issuer, client_id: 'web', exp: now() + 60 }) }), get: bad },
  { law: 'RFC 9101 5.2', when: 'it lies at an address', client: 'signing', ask: { request_uri: 'https://client.example/request' }, get: 'error request_uri_not_supported' },
  { law: 'RFC 9101 5', when: 'it is there by value and by reference', client: 'signing', ask: { request: 'x', request_uri: 'urn:ietf:params:oauth:request_uri:x' }, get: 'error invalid_request' },

  { law: 'RFC 9126 4', when: 'the request was pushed', ask: ({ push }) => push('web'), get: 'ask email' },
  { law: 'RFC 9126 4', when: 'the request was pushed, and the person is known', known: true, ask: ({ push }) => push('web'), get: 'code' },
  { law: 'RFC 9126 3', when: 'what was pushed is signed', client: 'signing', ask: ({ push }) => push('signing'), get: 'ask email' },
  { law: 'RFC 9126 4', when: 'something else is added to what was pushed', known: true, ask: async ({ push }) => ({ ...(await push('web')), prompt: 'login', scope: 'openid phone' }), get: 'code' },
  { law: 'RFC 9126 4', when: 'another client uses it', client: 'two', ask: async ({ push }) => ({ ...(await push('web')), client_id: 'two' }), get: 'page invalid_request_object' },
  { law: 'RFC 9126 4', when: 'it was used', known: true, ask: async ({ push, use }) => use(await push('web')), get: 'page invalid_request_uri' },
  { law: 'RFC 9126 4', when: 'it has expired', ask: ({ expired }) => expired, get: 'page invalid_request_uri' },
  { law: 'RFC 9126 4', when: 'nobody pushed it', ask: { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, get: 'error invalid_request_uri' },
  { law: 'RFC 9126 5', when: 'a client that must push does', client: 'pushing', ask: ({ push }) => push('pushing'), get: 'ask email' },
  { law: 'RFC 9126 5', when: 'a client that must push does not', client: 'pushing', ask: {}, get: 'error invalid_request' },
  { law: 'RFC 9449 10', when: 'the code is to be bound to a key', known: true, ask: { dpop_jkt: 'x'.repeat(43) }, get: 'code' },
];
