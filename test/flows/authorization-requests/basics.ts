// Response types, clients, redirect URIs, PKCE.
import type { Row } from './row.ts';

const challenge = (length: number) => ({ code_challenge: 'x'.repeat(length) });
const noPkce = { code_challenge: undefined, code_challenge_method: undefined };
const to = (uri: string | undefined) => ({ redirect_uri: uri });

// prettier-ignore
export const basics: Row[] = [
  { law: 'Core 3.1.2.1', when: 'somebody new comes', ask: {}, get: 'ask email' },
  { law: 'Core 3.1.2.3', when: 'somebody is signed in and has agreed', known: true, ask: {}, get: 'code' },

  { law: 'RFC 6749 3.1.1', when: 'the response type is missing', ask: { response_type: undefined }, get: 'error invalid_request' },
  { law: 'RFC 6749 3.1.1', when: 'the response type is empty', ask: { response_type: '' }, get: 'error invalid_request' },
  { law: 'RFC 9700 2.1.2', when: 'a token is asked for', ask: { response_type: 'token' }, get: 'error unsupported_response_type in the fragment' },
  { law: 'RFC 9700 2.1.2', when: 'an ID token is asked for', ask: { response_type: 'id_token' }, get: 'error unsupported_response_type in the fragment' },
  { law: 'RFC 9700 2.1.2', when: 'both are', ask: { response_type: 'id_token token' }, get: 'error unsupported_response_type in the fragment' },
  { law: 'RFC 9700 2.1.2', when: 'a code and an ID token are', ask: { response_type: 'code id_token' }, get: 'error unsupported_response_type in the fragment' },
  { law: 'RFC 9700 2.1.2', when: 'a code and a token are', ask: { response_type: 'code token' }, get: 'error unsupported_response_type in the fragment' },
  { law: 'RFC 9700 2.1.2', when: 'all three are', ask: { response_type: 'code id_token token' }, get: 'error unsupported_response_type in the fragment' },
  { law: 'Multiple Response Types 4', when: 'nothing is asked for', ask: { response_type: 'none' }, get: 'error unsupported_response_type' },
  { law: 'RFC 6749 3.1.1', when: 'the response type is in capitals', ask: { response_type: 'CODE' }, get: 'error unsupported_response_type' },
  { law: 'RFC 6749 3.1.1', when: 'the response type is unknown', ask: { response_type: 'magic' }, get: 'error unsupported_response_type' },

  { law: 'RFC 6749 4.1.2.1', when: 'no client is named', ask: { client_id: undefined }, get: 'page invalid_request' },
  { law: 'RFC 6749 4.1.2.1', when: 'the client is empty', ask: { client_id: '' }, get: 'page invalid_request' },
  { law: 'RFC 6749 4.1.2.1', when: 'the client is unknown', ask: { client_id: 'nobody' }, get: 'page invalid_client' },
  { law: 'RFC 6749 4.1.2.1', when: 'the client is another’s name in capitals', ask: { client_id: 'WEB' }, get: 'page invalid_client' },
  { law: 'RFC 6749 4.4', when: 'the client is a machine', client: 'machine', ask: {}, get: 'page invalid_redirect_uri' },
  { law: 'RFC 6749 2.1', when: 'the client is public', client: 'spa', ask: {}, get: 'ask email' },

  { law: 'Core 3.1.2.1', when: 'the redirect URI is missing, though only one is registered', ask: to(undefined), get: 'page invalid_request' },
  { law: 'Core 3.1.2.1', when: 'the redirect URI is empty', ask: to(''), get: 'page invalid_request' },
  { law: 'RFC 9700 2.1', when: 'the redirect URI is somebody else’s', ask: to('https://evil.example/callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it goes on where the registered one ends', ask: to('https://app.example/callback/more'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it has a slash more', ask: to('https://app.example/callback/'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it has a query more', ask: to('https://app.example/callback?next=/'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it has a fragment', ask: to('https://app.example/callback#x'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'its path is in capitals', ask: to('https://app.example/Callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'its host is in capitals', ask: to('https://APP.example/callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it climbs out of its path and back', ask: to('https://app.example/x/../callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it is encoded in another way', ask: to('https://app.example/%63allback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'the registered host is only its user name', ask: to('https://app.example@evil.example/callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'the registered host is only a part of its own', ask: to('https://app.example.evil.example/callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it is in the clear', ask: to('http://app.example/callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it is at another port', ask: to('https://app.example:8443/callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 6749 3.1.2', when: 'it is no absolute URI', ask: to('/callback'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it is a script', ask: to('javascript:alert(1)'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 9700 4.1.3', when: 'it is the second of two that are registered', client: 'two', ask: to('https://second.example/callback'), get: 'ask email' },
  { law: 'RFC 8252 7.3', when: 'a native app listens at another port', client: 'spa', ask: to('http://127.0.0.1:54321/spa'), get: 'ask email' },
  { law: 'RFC 8252 7.3', when: 'a native app listens at another path', client: 'spa', ask: to('http://127.0.0.1:54321/other'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 8252 8.3', when: 'a native app listens at a name for loopback', client: 'spa', ask: to('http://localhost:54321/spa'), get: 'page invalid_redirect_uri' },
  { law: 'RFC 8252 7.1', when: 'a native app has a scheme of its own', client: 'scheme', ask: {}, get: 'ask email' },
  { law: 'RFC 8252 7.1', when: 'it is another scheme', client: 'scheme', ask: to('com.evil.app:/callback'), get: 'page invalid_redirect_uri' },

  { law: 'RFC 9700 2.1.1', when: 'a confidential client has no PKCE', ask: noPkce, get: 'error invalid_request' },
  { law: 'RFC 7636 4.4.1', when: 'a public client has no PKCE', client: 'spa', ask: noPkce, get: 'error invalid_request' },
  { law: 'RFC 9700 2.1.1', when: 'a client that is registered without it has none', client: 'loose', ask: noPkce, get: 'ask email' },
  { law: 'RFC 9700 2.1.1', when: 'the method is plain', ask: { code_challenge_method: 'plain' }, get: 'error invalid_request' },
  { law: 'RFC 9700 2.1.1', when: 'the method is plain where none is needed', client: 'loose', ask: { code_challenge_method: 'plain' }, get: 'error invalid_request' },
  { law: 'RFC 7636 4.3', when: 'the method is missing, and so would be plain', ask: { code_challenge_method: undefined }, get: 'error invalid_request' },
  { law: 'RFC 7636 4.4.1', when: 'the method is unknown', ask: { code_challenge_method: 'S512' }, get: 'error invalid_request' },
  { law: 'RFC 7636 4.3', when: 'the challenge is missing', ask: { code_challenge: undefined }, get: 'error invalid_request' },
  { law: 'RFC 7636 4.2', when: 'the challenge is a character short', ask: challenge(42), get: 'error invalid_request' },
  { law: 'RFC 7636 4.2', when: 'the challenge is as short as may be', ask: challenge(43), get: 'ask email' },
  { law: 'RFC 7636 4.2', when: 'the challenge is as long as may be', ask: challenge(128), get: 'ask email' },
  { law: 'RFC 7636 4.2', when: 'the challenge is a character long', ask: challenge(129), get: 'error invalid_request' },
  { law: 'RFC 7636 4.2', when: 'the challenge holds other characters', ask: { code_challenge: `${'x'.repeat(42)}+` }, get: 'error invalid_request' },
];
