// A device without a browser: asks for codes, shows one to its person, and polls for tokens (RFC 8628).
import type { ClientMetadata } from 'oidc-provider';
import type { Answer, Browser } from './browser.ts';
import { goThrough, type Host, type Person } from './person.ts';
import type { RelyingParty } from './relying-party.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

export const television = {
  client_id: 'television',
  client_name: 'Evergreen TV',
  token_endpoint_auth_method: 'none',
  grant_types: [deviceGrant, 'refresh_token'],
  redirect_uris: [],
} satisfies ClientMetadata;

export type Codes = {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
};

export type Device = ReturnType<typeof createDevice>;

/** `party` is the client that runs on it. */
export function createDevice(party: RelyingParty, client: { client_id: string }) {
  return {
    async askForCodes(params: Record<string, string> = {}): Promise<Codes> {
      const answer = await fetch(String(party.metadata.device_authorization_endpoint), {
        method: 'POST',
        body: new URLSearchParams({ client_id: client.client_id, scope: 'openid email', ...params }),
      });
      if (answer.status !== 200) throw new Error(`no codes but ${await answer.text()}`);
      return (await answer.json()) as Codes;
    },
    poll: ({ device_code }: Codes) => party.token({ grant_type: deviceGrant, device_code }),
  };
}

/** Types the code on the page that the device named; ends at the question whether it is one's own, or at what was wrong. */
export async function enterCode(browser: Browser, { verification_uri, user_code }: Codes, typed = user_code): Promise<Answer> {
  await browser.open(verification_uri);
  return browser.submit('/device', { user_code: typed });
}

/** From the question to the page that says it is done. */
export async function connect(program: Host, person: Person): Promise<Answer> {
  const answer = await person.browser.submit('/device', { confirm: 'yes' });
  return goThrough(program, person, answer);
}
