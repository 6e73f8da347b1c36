// The bare library's development pages: a login name, then consent.
import type { Flow } from '../measure.ts';
import { authorizationUrl, follow, redeem } from './oauth.ts';

let people = 0;

export const bareFlow: Flow = async (user, server) => {
  const endpoints = { authorize: `${server.url}/auth`, token: `${server.url}/token`, userinfo: `${server.url}/me` };
  const { url, verifier } = authorizationUrl(endpoints.authorize);
  const actionOf = (text: string) => /<form[^>]*action="([^"]+)"/.exec(text)?.[1] ?? '';
  const login = await follow(user, await user.get(url));
  people += 1;
  const consent = await follow(user, await user.post(actionOf(login.text), { prompt: 'login', login: `person${people}`, password: '' }));
  const reply = await follow(user, await user.post(actionOf(consent.text), { prompt: 'consent' }));
  await redeem(user, endpoints, { reply, verifier });
};
