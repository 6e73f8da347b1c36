// The driver's way to the nodes: each request goes to any of them, has a time limit, and may be lost on the way.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Browser, createBrowser } from '../helpers/browser.ts';
import { clientMetadata, type SentMessage } from '../helpers/program.ts';
import type { Random } from './random.ts';

/** Nodes of one issuer: `urls` are where they listen. */
export type Nodes = { issuer: string; urls: readonly string[] };

/** `landing`: where the redirects ended; missing where the way was cut. `cut`: some answer on the way was lost, or a 503. */
export type Journey = { landing?: Answer; cut: boolean };

export type Reply = { status: number; body: Record<string, unknown> };
export type Fields = Record<string, string | string[]>;
/** `cookie`: in place of the browser's own. */
type Sent = { fields?: Fields; cookie?: string };
export type Wire = ReturnType<typeof createWire>;

const timeLimitMs = 6000;
const maxHops = 12;
const client = clientMetadata.spa;
export const redirectUri = client.redirect_uris[0] ?? '';

export const wait = (ms: number) => pause(ms);

export function createWire({ issuer, urls }: Nodes, random: Random) {
  const bugs: string[] = [];

  /** @returns undefined where nobody knows whether it happened */
  async function attempt<T extends { status: number }>(what: string, send: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await send();
      if (answer.status < 500) return answer;
      if (answer.status !== 503) bugs.push(`${what}: ${answer.status}`);
    } catch {
      // Refused, cut off, or too late.
    }
    // Nobody asks without a pause while there is no answer.
    await wait(random.between(200, 800));
    return undefined;
  }

  const anywhere = (path: string) => random.pick(urls) + path;
  const limit = () => AbortSignal.timeout(timeLimitMs);

  async function request(browser: Browser, path: string, { fields, cookie }: Sent = {}): Promise<Answer | undefined> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields ?? {})) for (const each of [value].flat()) body.append(name, each);
    const post = fields && { method: 'POST', body };
    const headers = { ...(fields && { origin: issuer }), ...(cookie !== undefined && { cookie }) };
    return attempt(path.replace(/\?.*/, ''), () => browser.request(anywhere(path), { ...post, headers, signal: limit() }));
  }

  /** Follows redirects to the last page, or out of the provider; a hop that was lost is asked for again. */
  async function travel(browser: Browser, path: string, fields?: Fields): Promise<Journey> {
    let answer = await request(browser, path, { fields });
    if (!answer) return { cut: true };
    let cut = false;
    for (let hop = 0; answer.location !== undefined && hop < maxHops; hop += 1) {
      const next: URL = new URL(answer.location, issuer);
      if (next.origin !== issuer) break;
      let following = await request(browser, next.pathname + next.search);
      for (let again = 0; !following && again < 3; again += 1) {
        cut = true;
        await wait(random.between(50, 400));
        following = await request(browser, next.pathname + next.search);
      }
      if (!following) return { cut };
      answer = following;
    }
    return { landing: answer, cut };
  }

  async function ask(path: string, init: RequestInit): Promise<Reply | undefined> {
    return attempt(path, async () => {
      const response = await fetch(anywhere(path), { ...init, signal: limit() });
      const text = await response.text();
      return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Reply['body']) : {} };
    });
  }

  const post = (path: string, params: Record<string, string>) =>
    ask(path, { method: 'POST', body: new URLSearchParams({ client_id: client.client_id, ...params }) });

  return {
    bugs,
    travel,
    request,
    openBrowser: () => createBrowser(issuer, { origin: issuer }),

    /** An authorization request's path, and the verifier that goes with its code. */
    authorization(params: Record<string, string>) {
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: redirectUri,
        response_type: 'code',
        state: 'history',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...params,
      });
      return { path: `/oidc/authorize?${query.toString()}`, verifier };
    },
    redeem: (code: string, verifier: string) =>
      post('/oidc/token', { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }),
    refresh: (token: string) => post('/oidc/token', { grant_type: 'refresh_token', refresh_token: token }),
    revoke: (token: string) => post('/oidc/revoke', { token }),
    introspect: (token: string) => post('/oidc/introspect', { token }),
    userinfo: (token: string) => ask('/oidc/userinfo', { headers: { authorization: `Bearer ${token}` } }),

    /** Every message to an address that any node still knows of, oldest first; a node that was killed has forgotten. */
    async messages(to: string): Promise<SentMessage[]> {
      const lists = urls.map(async (url) => {
        const found = await fetch(`${url}/dev/outbox.json?to=${encodeURIComponent(to)}`, { signal: limit() });
        return (await found.json()) as SentMessage[];
      });
      const all = (await Promise.allSettled(lists)).flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
      return all.toSorted((a, b) => a.sentAt.localeCompare(b.sentAt));
    },
  };
}

/** What came back at the redirect URI; undefined if the browser isn't there. */
export function readCallback(landing: Answer | undefined): Record<string, string> | undefined {
  if (!landing?.location?.startsWith(redirectUri)) return undefined;
  return Object.fromEntries(new URL(landing.location).searchParams);
}

/** The last word of a page's address: which page it is. */
export const pageOf = ({ url }: Answer) => new URL(url).pathname.split('/').at(-1) ?? '';

/** A form of the page, as it would be sent untouched. */
export function findForm({ forms, url }: Answer, action: string): { path: string; fields: Fields } | undefined {
  const form = forms.find((each) => new URL(each.action, url).pathname.endsWith(action));
  return form && { path: new URL(form.action, url).pathname, fields: form.fields };
}
