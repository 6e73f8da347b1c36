// The requests this app can make: what it asks Latchkey for decides which steps the person sees.

export type SignInRequest = {
  title: string;
  explanation: string;
  /** Parameters of the authorization request, beside those every request carries (openid.ts adds them). */
  parameters: { scope: string; prompt?: 'consent' | 'login'; claims?: string; acr_values?: string; max_age?: string };
};

export const requests: Record<string, SignInRequest> = {
  everything: {
    title: 'Everything',
    explanation: 'Your email and phone number, and a refresh token.',
    // A refresh token needs both: the provider drops `offline_access` from a request that does not ask for consent.
    parameters: { scope: 'openid email phone offline_access', prompt: 'consent' },
  },
  email: {
    title: 'Email only',
    explanation: 'One code, sent by email.',
    parameters: { scope: 'openid email' },
  },
  phone: {
    title: 'Phone only',
    explanation: 'One code, sent as a text message.',
    parameters: { scope: 'openid phone' },
  },
  'email-and-phone': {
    title: 'Email and phone',
    explanation: 'Both are proven, each with its own code.',
    parameters: { scope: 'openid email phone' },
  },
  'fresh-sign-in': {
    title: 'Ask for a fresh sign-in',
    explanation: 'A code is asked for again, even if you are signed in at Latchkey.',
    parameters: { scope: 'openid email', prompt: 'login' },
  },
};

// A request can be more exact than its scopes. Claims of a scope come from userinfo; this one wants the email in the
// ID token too, cannot do without a phone number (the person may not decline an essential claim), and wants that
// number to have been proven within the last ten minutes:
//
//   parameters: {
//     scope: 'openid email phone',
//     claims: JSON.stringify({
//       id_token: { email: null, email_verified: null },
//       userinfo: {
//         phone_number: { essential: true },
//         phone_number_verified: { essential: true, max_age: 600 },
//       },
//     }),
//   }
