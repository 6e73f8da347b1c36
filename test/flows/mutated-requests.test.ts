// A few thousand requests that are wrong in every way at once, on every route: none is a bug's 5xx, and the program lives on.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { createRandom, mutateFields, mutateHeaders, mutateSegment, pickType, type Random } from '../helpers/mutations.ts';
import { goThrough, meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRawClient, type RawAnswer, type RawRequest } from '../helpers/raw-client.ts';
import { createRelyingParty, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';
import { listRoutes, protocolPaths, type Route } from '../helpers/routes.ts';
import { places, standAt, type Standing } from '../helpers/standing.ts';
import { openSwitchedStorage, type SwitchedStorage } from '../helpers/switched-storage.ts';
import { judge } from '../helpers/verdict.ts';

/** Another one at each run; `SEED=… npm run jest -- test/flows/mutated-requests.test.ts` makes the same requests again. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const rounds = 12;
const perRound = 250;

let store: SwitchedStorage;
let program: Program;
let party: RelyingParty;
let tokens: Tokens;
let raw: ReturnType<typeof createRawClient>;
const clock = createClock();

beforeAll(async () => {
  store = await openSwitchedStorage(() => new Error('a bug'));
  program = await startProgram({}, { storage: store.storage });
  party = await createRelyingParty(program.issuer);
  raw = createRawClient(program.url);
  const params = { scope: 'openid email offline_access', prompt: 'consent' };
  ({ tokens } = await signIn(program, party, { person: meetPerson(program), params }));
});
afterAll(async () => {
  clock.restore();
  raw.close();
  await program.close();
  await store.close();
});

const routes: Route[] = [...listRoutes(), ...protocolPaths.flatMap((path) => ['GET', 'POST'].map((method) => ({ method, path })))];
const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'];
const { client_id: id, client_secret: secret, redirect_uris: redirectUris } = clientMetadata.web;
const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** What a good request would carry, so that a mutation of it gets far. */
function goodFields(random: Random, path: string, { csrf, person }: Standing): Record<string, string> {
  const { email, phone = '' } = person;
  if (path === '/oidc/authorize' || path === '/oidc/par') return Object.fromEntries(party.request().query);
  if (!path.startsWith('/oidc/')) {
    return { csrf, email, phone, identifier: email, country: 'GB', code: '000000', choice: 'not_now', decision: 'allow' };
  }
  if (path !== '/oidc/token') return { token: tokens.access_token };
  const redeem = { grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUris[0] ?? '', code_verifier: 'y'.repeat(43) };
  return random.chance(50) ? redeem : { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
}

/** Half of the time the page where the person stands, else any route. */
function pickRoute(random: Random, { url }: Standing): Route {
  const own = `/interaction/:uid/${url.split('/').at(-1)}`;
  return random.chance(50) ? { method: random.pick(['GET', 'POST', 'POST']), path: own } : random.pick(routes);
}

function mutate(random: Random, standing: Standing): RawRequest {
  const route = pickRoute(random, standing);
  const method = random.chance(93) ? route.method : random.pick(methods);
  const segments = route.path.replace(':uid', standing.base.split('/').at(-1) ?? '').split('/');
  const path = segments.map((segment) => (segment ? mutateSegment(random, segment) : segment)).join('/');
  const fields = mutateFields(random, goodFields(random, route.path, standing));
  const cookies = standing.browser.cookies().map(({ name, value }) => `${name}=${value}`);
  const inBody = !['GET', 'HEAD'].includes(method);
  const type = random.chance(85) ? 'application/x-www-form-urlencoded' : pickType(random);
  const authorization = route.path === '/oidc/userinfo' ? `Bearer ${tokens.access_token}` : basic;
  const headers = mutateHeaders(random, {
    accept: 'text/html',
    cookie: cookies.join('; '),
    ...(inBody && { origin: program.issuer, 'content-type': type }),
    ...(route.path.startsWith('/oidc/') && { authorization }),
  });
  // What node would not write into a request line goes without; the rest stands there as it is.
  const target = `${path}${inBody ? '' : `?${fields.slice(0, 6000)}`}`.replace(/[^!-~]/g, '');
  return { method, path: target, headers, ...(inBody && { body: fields }) };
}

/** True to the law: this clock was moved, and may be seconds away from the store's. */
const isUnready = ({ path }: RawRequest, { status }: RawAnswer) => status === 503 && /^\/health\/ready\b/.test(path);

/** Sends the requests of one round; answers those that failed, and counts statuses. */
async function attack(random: Random, standings: Standing[], statuses: Map<number, number>): Promise<object[]> {
  const requests = Array.from({ length: perRound }, () => mutate(random, random.pick(standings)));
  const answers = await Promise.all(requests.map((request) => raw.send(request)));
  for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  return answers.flatMap((answer, at) =>
    (answer.status >= 500 && !isUnready(requests[at]!, answer)) || judge(answer).insides
      ? [{ request: requests[at], status: answer.status, text: answer.text }]
      : [],
  );
}

async function standEverywhere(): Promise<Standing[]> {
  const standings: Standing[] = [];
  for (const place of places) standings.push(await standAt(place, { program, party, wait: clock.advance }));
  return standings;
}

test(`none of ${rounds * perRound} mutated requests is a 5xx or shows our insides (SEED=${seed})`, async () => {
  const random = createRandom(seed);
  const failures: object[] = [];
  const statuses = new Map<number, number>();
  for (let round = 0; round < rounds; round += 1) failures.push(...(await attack(random, await standEverywhere(), statuses)));
  expect(failures).toEqual([]);
  // They do get far: into forms, past the token, to the protocol's own checks.
  for (const status of [200, 303, 400, 403, 404, 422]) expect(statuses.get(status)).toBeGreaterThan(10);

  const person = meetPerson(program);
  const { answer } = await party.begin(person.browser);
  expect(party.readCallback(await goThrough(program, person, answer))).toHaveProperty('code');
}, 120_000);

test('the same attack does find a bug where there is one', async () => {
  const standings = await standEverywhere();
  // From here on the store fails in a way that nobody expects.
  store.switchOff();
  const failures = await attack(createRandom(seed), standings, new Map());
  store.switchOn();
  expect(failures.length).toBeGreaterThan(10);
});
