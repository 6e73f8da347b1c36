// A rotation of the signing keys, while tokens are issued by two nodes and checked by clients that cache keys for five minutes.
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { createKeys } from '../../src/keys/keys.ts';
import { createSigningKeyRing, type SigningKeyRing } from '../../src/keys/signing/ring.ts';
import type { Storage } from '../../src/storage/port.ts';
import { machines, orders, resources } from '../helpers/api.ts';
import { type CachingVerifier, createCachingVerifier } from '../helpers/caching-verifier.ts';
import { createClock } from '../helpers/clock.ts';
import { type Nodes, startNodes } from '../helpers/nodes.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const cacheSeconds = 300;
const clock = createClock();
const algorithms: ('ES256' | 'RS256' | 'EdDSA')[] = ['ES256', 'RS256', 'EdDSA'];
const clients = algorithms.map((alg) => ({ ...clientMetadata.web, client_id: alg.toLowerCase(), id_token_signed_response_alg: alg }));

let nodes: Nodes | undefined;
afterEach(async () => {
  await nodes?.close();
  nodes = undefined;
});
afterAll(() => clock.restore());

/** Two nodes that look for news ten times a second, and the operator's hand on their store. */
async function start(publishSeconds = 600): Promise<{ nodes: Nodes; ring: SigningKeyRing }> {
  let storage: Storage | undefined;
  const overrides = {
    signingKeys: { algorithms, publishSeconds, cacheSeconds, checkSeconds: 0.1 },
    lifetimes: { sessionSeconds: 900 },
    resources,
    clients: { registered: [...clients, machines.reports] },
  };
  nodes = await startNodes(2, {
    overrides,
    alter(sound) {
      storage = sound;
      return sound;
    },
  });
  const { settings } = nodes.first;
  const ring = createSigningKeyRing({
    records: (storage as Storage).records,
    keys: createKeys(settings.secrets),
    now: () => Date.now(),
    settings,
  });
  return { nodes, ring };
}

type Source = () => Promise<string>;

/** Ways to a fresh token: at either node, an ID token of each algorithm, and an access token for an API. */
async function findSources({ first, all }: Nodes): Promise<Source[]> {
  const machineAt = (url: string) => createRelyingParty(first.issuer, machines.reports, url);
  const accessToken = async (party: RelyingParty) => {
    const { body } = await party.token({ grant_type: 'client_credentials', scope: 'orders:read', resource: orders });
    return body.access_token;
  };
  const machine = await Promise.all(all.map(({ url }) => machineAt(url)));
  const person = meetPerson(first);
  const sources: Source[] = machine.map((party) => () => accessToken(party));
  for (const client of clients) {
    const parties = await Promise.all(all.map(({ url }) => createRelyingParty(first.issuer, client, url)));
    const params = { scope: 'openid email offline_access', prompt: 'consent' };
    const { tokens } = await signIn(first, parties[0] as RelyingParty, { person, params });
    for (const party of parties) sources.push(async () => (await party.refresh(tokens.refresh_token ?? '')).body.id_token);
  }
  return sources;
}

type Watch = { steps: number; act?: (step: number) => Promise<unknown> };

/**
 * Minute by minute, while the operator acts: fresh tokens from every source, and older ones that are still alive, are shown to three
 * clients, whose caches were filled at different times. Answers how many were shown, which keys signed, and what was rejected.
 */
async function watch(sources: readonly Source[], all: Nodes, { steps, act }: Watch) {
  const urls = all.all.map(({ url }) => url);
  const verifiers: CachingVerifier[] = [];
  const rejected = new Set<string>();
  const kids = new Set<string>();
  let inHand: { token: string; exp: number }[] = [];
  let shown = 0;

  async function show(token: string, verifier: CachingVerifier) {
    shown += 1;
    const fault = await verifier.findFault(token);
    if (fault) rejected.add(fault);
  }

  for (let step = 0; step < steps; step += 1) {
    if (step % 2 === 0 && verifiers.length < 3) verifiers.push(createCachingVerifier(urls, cacheSeconds));
    const acting = act?.(step);
    for (const isLast of [false, true]) {
      const tokens = await Promise.all(sources.map((issue) => issue()));
      for (const token of tokens) kids.add(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid);
      const living = inHand.filter(({ exp }) => exp * 1000 > Date.now());
      const fresh = tokens.map((token) => ({ token, exp: Number(decodeJwt(token).exp) }));
      if (isLast) inHand = [...living, ...fresh];
      await Promise.all((isLast ? inHand : fresh).flatMap(({ token }) => verifiers.map((verifier) => show(token, verifier))));
    }
    await acting;
    clock.advance(60);
  }
  return { shown, rejected: [...rejected], kids };
}

async function publishedBy(url: string): Promise<string[]> {
  const answer = (await (await fetch(`${url}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
  return answer.keys.map(({ kid }) => kid);
}

test('a client that caches keys for five minutes rejects no token, from before the rotation until the old keys are gone', async () => {
  const { nodes: all, ring } = await start();
  const sources = await findSources(all);
  const before = (await ring.list()).map(({ kid }) => kid);
  const { shown, rejected, kids } = await watch(sources, all, { steps: 30, act: async (step) => step === 1 && ring.rotate() });
  expect(rejected).toEqual([]);
  expect(shown).toBeGreaterThan(5_000);
  expect(kids.size).toBe(2 * algorithms.length);
  const after = await ring.list();
  expect(after.map(({ state, kid }) => [state, before.includes(kid)])).toEqual(algorithms.map(() => ['signing', false]));
  for (const { url } of all.all) expect((await publishedBy(url)).toSorted()).toEqual(after.map(({ kid }) => kid).toSorted());
}, 90_000);

describe('the same watch sees', () => {
  test('a new key that signs before clients know it', async () => {
    const { nodes: all, ring } = await start(60);
    const { rejected } = await watch(await findSources(all), all, { steps: 8, act: async (step) => step === 4 && ring.rotate() });
    expect(rejected.length).toBeGreaterThan(0);
  }, 60_000);

  test('an old key that goes while its tokens live', async () => {
    const { nodes: all, ring } = await start();
    const forget = async () => {
      const retired = (await ring.list()).filter(({ state }) => state === 'retired');
      for (const { kid } of retired) await ring.retire(kid, true);
    };
    const { rejected } = await watch(await findSources(all), all, {
      steps: 18,
      act: async (step) => (step === 0 ? ring.rotate() : step > 10 && forget()),
    });
    expect(rejected.length).toBeGreaterThan(0);
  }, 60_000);
});
