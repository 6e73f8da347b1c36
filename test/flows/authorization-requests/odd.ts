// What nobody should send: parameters twice, unknown ones, other methods.
import type { Row } from './row.ts';

const twice = (name: string, get = 'error invalid_request', law = 'RFC 6749 3.1'): Row => ({
  law,
  when: `${name} is there twice`,
  ask: ({ ordinary }) => ({ [name]: [ordinary[name] ?? 'x', 'other'] }),
  get,
});

// prettier-ignore
export const odd: Row[] = [
  ...['state', 'nonce', 'scope', 'response_type', 'code_challenge', 'code_challenge_method', 'prompt', 'max_age', 'claims'].map((name) => twice(name)),
  ...['acr_values', 'id_token_hint', 'login_hint', 'ui_locales', 'response_mode', 'request', 'dpop_jkt'].map((name) => twice(name)),
  twice('client_id', 'page invalid_request'),
  twice('redirect_uri', 'page invalid_request'),
  { law: 'RFC 6749 3.1', when: 'a parameter is unknown', known: true, ask: { utm_source: 'mail', __proto__x: 'y' }, get: 'code' },
  { law: 'RFC 6749 3.1', when: 'an unknown parameter is there twice', known: true, ask: { utm_source: ['a', 'b'] }, get: 'code' },
  { law: 'RFC 6749 3.1', when: 'names are those of objects', known: true, ask: { 'scope[]': 'x', 'state[x]': 'y', constructor: 'z' }, get: 'code' },
  { law: 'RFC 6749 3.1', when: 'names are in capitals', ask: { SCOPE: 'openid', scope: undefined, nonce: undefined }, get: 'error invalid_scope' },
  { law: 'Core 7.2.1', when: 'the client describes itself', ask: { registration: '{}' }, get: 'error registration_not_supported' },
  { law: 'RFC 6749 3.1', when: 'a hundred parameters are unknown', known: true, ask: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x${at}`, 'y'])), get: 'code' },
  { law: 'Core 3.1.2.1', when: 'it is a POST', method: 'POST', ask: {}, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'it is a POST, and the person is known', known: true, method: 'POST', ask: {}, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'it is a POST with something wrong', method: 'POST', ask: { response_type: 'none' }, get: 'error unsupported_response_type' },
  { law: 'Core 3.1.2.1', when: 'it is a POST with something twice', method: 'POST', ask: { state: ['a', 'b'] }, get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'it is a POST of another type', method: 'POST as JSON', ask: {}, get: 'page request_invalid' },
  { law: 'RFC 6749 3.1', when: 'it is another method', method: 'PUT', ask: {}, get: 'page not_found' },
];
