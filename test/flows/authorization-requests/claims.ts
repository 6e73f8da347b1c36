// The `claims` parameter and assurance.
import type { Row } from './row.ts';

const claims = (value: unknown) => ({ claims: typeof value === 'string' ? value : JSON.stringify(value) });
const acr = 'urn:latchkey:acr';
const essential = (...values: string[]) => claims({ id_token: { acr: { essential: true, values } } });

// prettier-ignore
export const claimsAndAssurance: Row[] = [
  { law: 'Core 5.5', when: 'claims are no JSON', ask: claims('{'), get: 'error invalid_request' },
  { law: 'Core 5.5', when: 'claims are a list', ask: claims([]), get: 'error invalid_request' },
  { law: 'Core 5.5', when: 'claims are null', ask: claims('null'), get: 'error invalid_request' },
  { law: 'Core 5.5', when: 'claims are for no place that there is', ask: claims({ elsewhere: {} }), get: 'error invalid_request' },
  { law: 'Core 5.5', when: 'a place is a text', ask: claims({ userinfo: 'email' }), get: 'error invalid_request' },
  { law: 'Core 5.5.1', when: 'a claim is true', ask: claims({ userinfo: { email: true } }), get: 'error invalid_request' },
  { law: 'Core 5.5.1', when: 'a claim is a list', ask: claims({ id_token: { email: [] } }), get: 'error invalid_request' },
  { law: 'Core 5.5', when: 'a place is empty', known: true, ask: claims({ userinfo: {} }), get: 'code' },
  { law: 'Core 5.5.1', when: 'a claim is asked for that is shared', known: true, ask: claims({ id_token: { email: null } }), get: 'code' },
  { law: 'Core 5.5.1', when: 'a claim is unknown', known: true, ask: claims({ userinfo: { shoe_size: { essential: true } } }), get: 'code' },
  { law: 'Core 5.5', when: 'claims do without openid', ask: { ...claims({ userinfo: { email: null } }), scope: 'email', nonce: undefined }, get: 'error invalid_request' },
  { law: 'Core 5.5.1', when: 'an optional number is asked of somebody who has none', known: true, ask: claims({ userinfo: { phone_number: null } }), get: 'ask phone' },
  { law: 'Core 5.5.1', when: 'an optional number is asked, and nobody may be', known: true, ask: { ...claims({ userinfo: { phone_number: null } }), prompt: 'none' }, get: 'code' },
  { law: 'Core 5.5.1', when: 'a number is essential', known: true, ask: claims({ userinfo: { phone_number: { essential: true } } }), get: 'ask phone' },
  { law: 'Core 3.1.2.6', when: 'a number is essential, and nobody may be asked', known: true, ask: { ...claims({ userinfo: { phone_number: { essential: true } } }), prompt: 'none' }, get: 'error login_required' },
  { law: 'Core 5.5.1', when: 'an email is essential to somebody new', ask: { scope: 'openid', ...claims({ id_token: { email: { essential: true } } }) }, get: 'ask email' },
  { law: 'Core 5.5.1', when: 'the subject is who is signed in', known: true, ask: ({ sub }) => claims({ id_token: { sub: { value: sub } } }), get: 'code' },
  { law: 'Core 5.5.1', when: 'the subject is somebody else', known: true, ask: claims({ id_token: { sub: { value: 'somebody' } } }), get: 'ask email' },
  { law: 'Core 5.5.1', when: 'the subject is somebody else, and nobody may be asked', known: true, ask: { ...claims({ id_token: { sub: { value: 'somebody' } } }), prompt: 'none' }, get: 'error login_required' },
  { law: 'relying-party guide', when: 'the address was proven recently enough', known: true, ask: claims({ userinfo: { email_verified: { max_age: 2000 } } }), get: 'code' },
  { law: 'relying-party guide', when: 'the address was proven too long ago', known: true, ask: claims({ userinfo: { email_verified: { max_age: 500 } } }), get: 'ask email' },
  { law: 'relying-party guide', when: 'the age is none', known: true, ask: claims({ userinfo: { email_verified: { max_age: -1 } } }), get: 'code' },

  { law: 'Core 3.1.2.1', when: 'an assurance is reached', known: true, ask: { acr_values: `${acr}:email` }, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'one of several is reached', known: true, ask: { acr_values: `${acr}:email-phone ${acr}:email`, prompt: 'none' }, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'an assurance that nobody knows is wished for', known: true, ask: { acr_values: 'gold' }, get: 'code' },
  { law: 'Core 3.1.2.1', when: 'a higher one is wished for', known: true, ask: { acr_values: `${acr}:email-phone` }, get: 'ask phone' },
  { law: 'Core 3.1.2.1', when: 'a higher one is wished for, and nobody may be asked', known: true, ask: { acr_values: `${acr}:email-phone`, prompt: 'none' }, get: 'code' },
  { law: 'Core 5.5.1.1', when: 'an essential one is reached', known: true, ask: essential(`${acr}:email`), get: 'code' },
  { law: 'Core 5.5.1.1', when: 'one of several essential ones is', known: true, ask: { ...essential('gold', `${acr}:email`), prompt: 'none' }, get: 'code' },
  { law: 'Core 5.5.1.1', when: 'an essential one is not reached', known: true, ask: essential(`${acr}:email-phone`), get: 'ask phone' },
  { law: 'Core 5.5.1.1', when: 'an essential one is not reached, and nobody may be asked', known: true, ask: { ...essential(`${acr}:email-phone`), prompt: 'none' }, get: 'error login_required' },
  { law: 'Unmet Authentication Requirements 2', when: 'an essential one can’t be reached', known: true, ask: essential('gold'), get: 'error unmet_authentication_requirements' },
  { law: 'Unmet Authentication Requirements 2', when: 'the same, of somebody new', ask: essential('gold'), get: 'error unmet_authentication_requirements' },
  { law: 'Core 5.5.1.1', when: 'the essential claim and acr_values differ', known: true, ask: { ...essential(`${acr}:email`), acr_values: 'gold' }, get: 'code' },
];
