// Scopes and resources, state and nonce, response modes.
import { files, orders } from '../../helpers/api.ts';
import type { Row } from './row.ts';

const atOrders = { scope: 'openid email orders:read', resource: orders };

// prettier-ignore
export const scopes: Row[] = [
  { law: 'Core 3.1.2.1', when: 'openid is all that is asked', ask: { scope: 'openid' }, get: 'ask email' },
  { law: 'Core 3.1.2.1', when: 'the scope is missing', ask: { scope: undefined, nonce: undefined }, get: 'error invalid_scope' },
  { law: 'Core 3.1.2.1', when: 'the scope is missing beside a nonce', ask: { scope: undefined }, get: 'error invalid_request' },
  { law: 'Core 3.1.2.1', when: 'openid is missing', ask: { scope: 'email', nonce: undefined }, get: 'error invalid_scope' },
  { law: 'Core 3.1.2.1', when: 'a scope is unknown', known: true, ask: { scope: 'openid email magic' }, get: 'code' },
  { law: 'RFC 6749 3.3', when: 'a scope is there twice', known: true, ask: { scope: 'openid openid email' }, get: 'code' },
  { law: 'RFC 6749 3.3', when: 'the order is another', known: true, ask: { scope: 'email openid' }, get: 'code' },
  { law: 'RFC 6749 3.3', when: 'a scope holds what no scope may', ask: { scope: 'openid "email"' }, get: 'error invalid_scope' },
  { law: 'RFC 6749 3.3', when: 'the client is not registered for a scope', client: 'narrow', ask: { scope: 'openid email phone' }, get: 'error invalid_scope' },
  { law: 'Core 5.4', when: 'only a phone number is asked', ask: { scope: 'openid phone' }, get: 'ask identifier' },
  { law: 'Core 5.4', when: 'email and phone are', ask: { scope: 'openid email phone' }, get: 'ask email' },
  { law: 'Core 5.4', when: 'somebody who shares an email is asked for a number', known: true, ask: { scope: 'openid email phone' }, get: 'ask phone' },
  { law: 'Core 11', when: 'offline access is asked without consent', known: true, ask: { scope: 'openid email offline_access' }, get: 'code' },
  { law: 'Core 11', when: 'offline access is asked with consent', known: true, ask: { scope: 'openid email offline_access', prompt: 'consent' }, get: 'ask consent' },

  { law: 'RFC 8707 2.1', when: 'a resource has a permission to ask for', known: true, ask: atOrders, get: 'ask consent' },
  { law: 'RFC 8707 2.1', when: 'it may not be asked for now', known: true, ask: { ...atOrders, prompt: 'none' }, get: 'error consent_required' },
  { law: 'RFC 8707 2.1', when: 'a resource is named, and nothing is asked of it', known: true, ask: { resource: orders }, get: 'code' },
  { law: 'RFC 8707 2', when: 'two resources are', known: true, ask: { scope: 'openid email orders:read files:read', resource: [orders, files] }, get: 'ask consent' },
  { law: 'RFC 8707 2', when: 'the resource is unknown', ask: { resource: 'https://nowhere.example' }, get: 'error invalid_target' },
  { law: 'RFC 8707 2', when: 'one of two is unknown', ask: { resource: [orders, 'https://nowhere.example'] }, get: 'error invalid_target' },
  { law: 'RFC 8707 2', when: 'the resource has a fragment', ask: { resource: `${orders}#x` }, get: 'error invalid_target' },
  { law: 'RFC 8707 2', when: 'the resource is no absolute URI', ask: { resource: 'orders' }, get: 'error invalid_target' },
  { law: 'RFC 8707 2', when: 'the resource is for other clients', client: 'spa', ask: { resource: files }, get: 'error invalid_target' },

  { law: 'RFC 6749 4.1.1', when: 'there is no state', known: true, ask: { state: undefined }, get: 'code' },
  { law: 'RFC 6749 4.1.2', when: 'the state holds anything that text can', known: true, ask: { state: `é "'<>&#%20+\t${'x'.repeat(500)}` }, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'there is no nonce', known: true, ask: { nonce: undefined }, get: 'code' },

  { law: 'Multiple Response Types 2.1', when: 'the answer is to be in the query', known: true, ask: { response_mode: 'query' }, get: 'code' },
  { law: 'Multiple Response Types 2.1', when: 'it is to be in the fragment', known: true, ask: { response_mode: 'fragment' }, get: 'code in the fragment' },
  { law: 'Form Post 2', when: 'it is to be a form', known: true, ask: { response_mode: 'form_post' }, get: 'code by a form' },
  { law: 'Multiple Response Types 2.1', when: 'an error is to be in the fragment', ask: { response_mode: 'fragment', prompt: 'none' }, get: 'error login_required in the fragment' },
  { law: 'Form Post 2', when: 'an error is to be a form', ask: { response_mode: 'form_post', prompt: 'none' }, get: 'error login_required by a form' },
  { law: 'Multiple Response Types 2.1', when: 'the mode is unknown', ask: { response_mode: 'pigeon' }, get: 'error unsupported_response_mode' },
  { law: 'JARM 2.3', when: 'the answer is to be signed, and the operator has not switched that on', ask: { response_mode: 'jwt' }, get: 'error unsupported_response_mode' },
  { law: 'Multiple Response Types 2.1', when: 'it is to be a message between windows', ask: { response_mode: 'web_message' }, get: 'error unsupported_response_mode' },
  { law: 'Multiple Response Types 2.1', when: 'the client is registered for the query alone', client: 'queries', ask: { response_mode: 'form_post' }, get: 'error invalid_request by a form' },
];
