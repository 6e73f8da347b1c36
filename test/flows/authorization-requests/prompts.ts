// What may be asked of the person: prompt, max_age, hints, languages.
import { signJwt } from '../../helpers/jwt.ts';
import type { Row } from './row.ts';

// prettier-ignore
export const prompts: Row[] = [
  { law: 'Core 3.1.2.6', when: 'nobody may be asked, and nobody is signed in', ask: { prompt: 'none' }, get: 'error login_required' },
  { law: 'Core 3.1.2.1', when: 'nobody may be asked, and nobody need be', known: true, ask: { prompt: 'none' }, get: 'code' },
  { law: 'Core 3.1.2.6', when: 'nobody may be asked, and the client is new to the person', known: true, client: 'two', ask: { prompt: 'none' }, get: 'error consent_required' },
  { law: 'Core 5.5.1', when: 'nobody may be asked, and a claim would be nice to have', known: true, ask: { prompt: 'none', scope: 'openid email phone' }, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'none stands beside another', known: true, ask: { prompt: 'none login' }, get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'a new sign-in is asked for', known: true, ask: { prompt: 'login' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'consent is asked for', known: true, ask: { prompt: 'consent' }, get: 'ask consent' },
  { law: 'Core 3.1.2.1', when: 'both are', known: true, ask: { prompt: 'login consent' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'a choice of accounts is asked for', known: true, ask: { prompt: 'select_account' }, get: 'ask choose-account' },
  { law: 'Core 3.1.2.1', when: 'a choice of accounts is asked of somebody new', ask: { prompt: 'select_account' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'the prompt is unknown', ask: { prompt: 'dance' }, get: 'error invalid_request' },
  { law: 'RFC 6749 3.1', when: 'the prompt is empty', known: true, ask: { prompt: '' }, get: 'code' },

  { law: 'Core 3.1.2.1', when: 'the sign-in is young enough', known: true, ask: { max_age: '2000' }, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'the sign-in is too old', known: true, ask: { max_age: '500' }, get: 'ask email' },
  { law: 'Core 3.1.2.6', when: 'the sign-in is too old, and nobody may be asked', known: true, ask: { max_age: '500', prompt: 'none' }, get: 'error login_required' },
  { law: 'Core 3.1.2.1', when: 'only a sign-in of this moment will do', known: true, ask: { max_age: '0' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'max_age is negative', ask: { max_age: '-1' }, get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'max_age is no number', ask: { max_age: 'soon' }, get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'max_age is no whole number', ask: { max_age: '1.5' }, get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'max_age is longer than a number can be', ask: { max_age: '9'.repeat(30) }, get: 'error invalid_request' },
  { law: 'RFC 6749 3.1', when: 'max_age is empty', known: true, ask: { max_age: '' }, get: 'code' },
  { law: 'Registration 2', when: 'the client’s own max_age has passed', known: true, client: 'hasty', ask: { prompt: 'none' }, get: 'error login_required' },
  { law: 'Registration 2', when: 'the request’s max_age comes before the client’s own', known: true, client: 'hasty', ask: { max_age: '2000' }, get: 'ask consent' },

  { law: 'Core 3.1.2.1', when: 'the hint is of who is signed in, though it has expired', known: true, ask: ({ idToken }) => ({ id_token_hint: idToken }), get: 'code' },
  { law: 'Core 3.1.2.1', when: 'the same, and nobody may be asked', known: true, ask: ({ idToken }) => ({ id_token_hint: idToken, prompt: 'none' }), get: 'code' },
  { law: 'Core 3.1.2.1', when: 'the hint is of somebody else', known: true, ask: ({ othersIdToken }) => ({ id_token_hint: othersIdToken }), get: 'ask email' },
  { law: 'Core 3.1.2.6', when: 'the hint is of somebody else, and nobody may be asked', known: true, ask: ({ othersIdToken }) => ({ id_token_hint: othersIdToken, prompt: 'none' }), get: 'error login_required' },
  { law: 'Core 3.1.2.6', when: 'the hint is of somebody who has left', ask: ({ idToken }) => ({ id_token_hint: idToken, prompt: 'none' }), get: 'error login_required' },
  { law: 'Core 3.1.2.1', when: 'the hint is no JWT', ask: { id_token_hint: 'x' }, get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'the hint was made for another client', client: 'two', ask: ({ idToken }) => ({ id_token_hint: idToken }), get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'somebody else signed the hint', ask: ({ issuer, keyOf }) => ({ id_token_hint: signJwt(keyOf('signing'), { iss: issuer, aud: 'web', sub: 'x', exp: 9e9, iat: 1 }) }), get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'nobody signed the hint', ask: ({ idToken }) => ({ id_token_hint: `${idToken.split('.').slice(0, 2).join('.')}.` }), get: 'error invalid_request' },

  { law: 'Core 3.1.2.1', when: 'an address is hinted at', ask: { login_hint: 'jane@example.com' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'nonsense is hinted at', ask: { login_hint: '<script>\u0000' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'somebody signed in is hinted at by another address', known: true, ask: { login_hint: 'other@example.com' }, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'a language is asked for', ask: { ui_locales: 'ar en' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'a language is asked for that nobody speaks', ask: { ui_locales: 'xx-- *' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'a display is asked for', ask: { display: 'popup' }, get: 'ask email' },
  { law: 'Core 5.2', when: 'languages of claims are', known: true, ask: { claims_locales: 'de' }, get: 'code' },
];
