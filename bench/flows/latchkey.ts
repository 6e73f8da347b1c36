// A new person signs in to Latchkey with a code sent to their email, and allows the app to see it.
import type { Flow } from '../measure.ts';
import type { User } from '../user.ts';
import { authorizationUrl, follow, redeem } from './oauth.ts';

let people = 0;

const csrfOf = (text: string) => /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
const baseOf = (text: string) => /action="(\/interaction\/[\w-]+)\//.exec(text)?.[1] ?? '';

/** The code leaves in the background. Asking for it costs the server, too: it is counted among the requests. */
async function readCode(user: User, email: string): Promise<string> {
  for (;;) {
    const { text } = await user.get(`/dev/outbox.json?to=${encodeURIComponent(email)}`);
    const [message] = JSON.parse(text) as { text: string }[];
    if (message) return /\d{6}/.exec(message.text)?.[0] ?? '';
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const latchkeyFlow: Flow = async (user, server) => {
  const oidc = `${server.url}/oidc`;
  const endpoints = { authorize: `${oidc}/authorize`, token: `${oidc}/token`, userinfo: `${oidc}/userinfo` };
  const { url, verifier } = authorizationUrl(endpoints.authorize);
  const page = await follow(user, await user.get(url));
  people += 1;
  const email = `person${process.pid}-${people}@example.com`;
  const code = await follow(user, await user.post(`${baseOf(page.text)}/email`, { csrf: csrfOf(page.text), email }));
  const typed = { csrf: csrfOf(code.text), code: await readCode(user, email) };
  const consent = await follow(user, await user.post(`${baseOf(code.text)}/code`, typed));
  const agreed = { csrf: csrfOf(consent.text), decision: 'allow', share: 'email' };
  const reply = await follow(user, await user.post(`${baseOf(consent.text)}/consent`, agreed));
  await redeem(user, endpoints, { reply, verifier });
};
