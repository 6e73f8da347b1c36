// One person's way through every page and endpoint, and what each of them asked of the store.
import { setTimeout as pause } from 'node:timers/promises';
import type { Noted } from './counted-storage.ts';
import { meetPerson } from './person.ts';
import { clientMetadata, type Program } from './program.ts';
import { createRelyingParty } from './relying-party.ts';

export type Step = { request: string; noted: Noted[] };

/** What happens after the answer (messages leave) belongs to its request, too: a pause without anything asked ends it. */
const quietMs = 40;

export async function walkThrough(program: Program, take: () => Noted[]): Promise<Step[]> {
  const steps: Step[] = [];
  const party = await createRelyingParty(program.issuer);
  const spa = await createRelyingParty(program.issuer, clientMetadata.spa);
  const person = meetPerson(program);
  const { browser, email, phone = '' } = person;
  take(); // what its start asked belongs to no request

  async function step<T>(request: string, act: () => Promise<T>): Promise<T> {
    const answer = await act();
    const noted: Noted[] = [];
    for (let more = take(); more.length > 0; more = take()) {
      noted.push(...more);
      await pause(quietMs);
    }
    steps.push({ request, noted });
    return answer;
  }

  /** A form, and the redirects after it: each is a request of its own. */
  async function submit(name: string, fields: Record<string, string | string[]>) {
    const form = browser.findForm(`/${name}`);
    const posted = await step(`POST /interaction/:uid/${name}`, () =>
      browser.post(new URL(form.action, browser.page.url).href, { ...form.fields, ...fields }),
    );
    return walk(posted);
  }

  async function walk(first: Awaited<ReturnType<typeof browser.request>>) {
    let answer = first;
    while (answer.location?.startsWith('/') || answer.location?.startsWith(program.issuer)) {
      const next = new URL(answer.location, answer.url);
      answer = await step(`GET ${shorten(next.pathname)}`, () => browser.request(next.href));
    }
    return browser.follow(answer);
  }

  const params = { scope: 'openid email phone offline_access', prompt: 'consent' };
  const { url, verifier } = spa.request(params);
  await walk(await step('GET authorization endpoint', () => browser.request(url)));
  await submit('email', { email });
  await submit('code', { code: await program.codeFor(email) });
  await submit('phone', { phone });
  await submit('code', { code: await program.codeFor(phone) });
  const { code = '' } = spa.readCallback(await submit('consent', { decision: 'allow' }));
  const { body } = await step('POST token endpoint (code)', () => spa.redeem(code, verifier));
  await step('GET userinfo endpoint', () => spa.userinfo(body.access_token));
  await step('POST token endpoint (refresh, rotating)', () => spa.refresh(body.refresh_token ?? ''));

  const again = party.request({ scope: 'openid email' });
  await walk(await step('GET authorization endpoint (session, another client)', () => browser.request(again.url)));
  const granted = party.readCallback(await submit('consent', { decision: 'allow' }));
  const tokens = await step('POST token endpoint (code, no offline_access)', () => party.redeem(granted.code ?? '', again.verifier));
  await step('POST introspection endpoint', () => party.introspect(tokens.body.access_token));
  const silent = party.request({ scope: 'openid email', prompt: 'none' });
  await step('GET authorization endpoint (session, consented)', () => browser.request(silent.url));
  for (const path of ['/.well-known/openid-configuration', '/oidc/jwks', '/health/live', '/health/ready']) {
    await step(`GET ${path}`, () => browser.request(program.url + path));
  }
  return steps;
}

function shorten(path: string): string {
  return path
    .replace(/^\/interaction\/[\w-]+/, '/interaction/:uid')
    .replace(/^\/oidc\/authorize\/[\w-]+/, 'authorization endpoint (resume)');
}

/** Rows of a table: the request, and what it asked of either home, in the order in which it was first asked. The same row only once. */
export function tabulate(steps: readonly Step[]): string[] {
  return [
    ...new Set(steps.map(({ request, noted }) => `| ${[request, describe(noted, 'records'), describe(noted, 'expiring')].join(' | ')} |`)),
  ];
}

function describe(noted: readonly Noted[], home: Noted['home']): string {
  const names = noted.filter((one) => one.home === home).map(({ operation, what }) => `${operation} ${what}`);
  const times = (name: string) => names.filter((each) => each === name).length;
  return [...new Set(names)].map((name) => (times(name) === 1 ? name : `${times(name)} × ${name}`)).join(', ') || '–';
}
