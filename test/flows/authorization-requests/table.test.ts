// Every kind of authorization request, and what exactly comes of it: the rows are in the files beside this one.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Browser } from '../../helpers/browser.ts';
import { createClock } from '../../helpers/clock.ts';
import { type Program, startProgram } from '../../helpers/program.ts';
import { basics } from './basics.ts';
import { claimsAndAssurance } from './claims.ts';
import { objects } from './objects.ts';
import { odd } from './odd.ts';
import { prompts } from './prompts.ts';
import type { Params, Row } from './row.ts';
import { scopes } from './scopes.ts';
import { createWorld, settings, type World } from './world.ts';

let program: Program;
let world: Awaited<ReturnType<typeof createWorld>>;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram(settings);
  world = await createWorld(program, clock.advance);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

function send(browser: Browser, { method }: Row, params: Params): Promise<Answer> {
  const url = world.urlOf(params);
  const [endpoint = '', query = ''] = url.split('?');
  if (method === undefined) return browser.open(url);
  if (method === 'PUT') return browser.request(url, { method });
  if (method === 'POST as JSON')
    return browser.request(endpoint, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  return browser
    .request(endpoint, { method, body: query, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    .then((answer) => browser.follow(answer));
}

type Arrived = { params: Record<string, string>; how: string };

/** What came to the client, whichever way. */
function readArrival({ location, forms }: Answer, redirectUri: string): Arrived | undefined {
  if (location !== undefined) {
    if (!location.startsWith(redirectUri)) return { params: { error: `went to ${location}` }, how: '' };
    const { hash, searchParams } = new URL(location);
    return hash
      ? { params: Object.fromEntries(new URLSearchParams(hash.slice(1))), how: ' in the fragment' }
      : { params: Object.fromEntries(searchParams), how: '' };
  }
  const form = forms.find(({ action }) => action === redirectUri);
  return form && { params: form.fields as Record<string, string>, how: ' by a form' };
}

function nameOutcome(answer: Answer, arrived: Arrived | undefined): string {
  if (arrived) return (arrived.params.error ? `error ${arrived.params.error}` : 'code') + arrived.how;
  const step = /\/interaction\/[\w-]+\/([\w-]+)$/.exec(new URL(answer.url).pathname)?.[1];
  if (answer.status === 200) return `ask ${step}`;
  const technical = /<code>\d+ ([a-z_]+)</.exec(answer.text)?.[1];
  const known: Record<number, string> = { 400: 'request_invalid', 404: 'not_found' };
  return `page ${answer.status === 400 && technical ? technical : (known[answer.status] ?? answer.status)}`;
}

/** RFC 6749 4.1.2 and 4.1.2.1, RFC 9207 2: what an answer holds, and nothing else. */
function listFlaws({ params }: Arrived, state: unknown): string[] {
  const allowed = 'error' in params ? ['error', 'error_description', 'scope'] : ['code'];
  return [
    ...Object.keys(params).filter((name) => ![...allowed, 'iss', 'state'].includes(name)),
    ...(params.iss === world.issuer ? [] : [`iss is ${params.iss}`]),
    ...(params.state === (typeof state === 'string' ? state : undefined) ? [] : [`state is ${params.state}`]),
  ];
}

describe.each<[string, Row[]]>([
  ['response types, clients, redirect URIs, PKCE', basics],
  ['scopes, resources, state, response modes', scopes],
  ['prompts, ages, hints', prompts],
  ['claims and assurance', claimsAndAssurance],
  ['request objects and pushed requests', objects],
  ['odd requests', odd],
])('%s', (_, rows) => {
  test.each(rows.map((row) => [`${row.law}: ${row.when} → ${row.get}`, row] as const))('%s', async (...[, row]) => {
    const { client = 'web', known, ask } = row;
    const ordinary = world.ordinaryOf(client);
    const own = typeof ask === 'function' ? await ask({ ...world, ordinary } satisfies World) : ask;
    const params = { ...ordinary, ...own };
    const answer = await send(known ? world.known : world.meet(), row, params);
    const [redirectUri = ''] = [params.redirect_uri ?? ordinary.redirect_uri].flat();
    const arrived = readArrival(answer, redirectUri);
    expect(nameOutcome(answer, arrived)).toBe(row.get);
    const sent = 'state' in own && !('request_uri' in own) ? own.state : ordinary.state;
    expect(arrived ? listFlaws(arrived, sent) : []).toEqual([]);
  });
});
