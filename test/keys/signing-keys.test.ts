// The life of a signing key: made once, published before it signs, kept while it is needed, and gone for good.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateSecrets } from '../../src/keys/generate.ts';
import { publish } from '../../src/keys/signing/key.ts';
import { makeSigningKey } from '../../src/keys/signing/make.ts';
import { breakStorage } from '../storage/broken.ts';
import { day, minute, openDeployment, secrets, states } from './ring.ts';

type Deployment = Awaited<ReturnType<typeof openDeployment>>;

let deployment: Deployment;
beforeEach(async () => {
  deployment = await openDeployment();
});
afterEach(() => deployment.close());

const kidsOf = (known: readonly { kid: string }[]) => known.map(({ kid }) => kid);

/** What a node that looks now signs with and publishes. */
async function look(ring: ReturnType<Deployment['ring']>) {
  const { keys } = publish(await ring.refresh(), deployment.now());
  return { signs: keys[0]?.kid, published: keys.map(({ kid }) => kid) };
}

describe('a first start', () => {
  test('makes a key of each algorithm that is configured, and each signs at once', async () => {
    const ring = deployment.ring({ algorithms: ['ES256', 'RS256', 'EdDSA'] });
    const { keys } = publish(await ring.prepare(), deployment.now());
    expect(new Set(keys.map(({ kty, crv, alg, use }) => [kty, crv, alg, use].join(' ')))).toEqual(
      new Set(['OKP Ed25519 EdDSA sig', 'EC P-256 ES256 sig', 'RSA  RS256 sig']),
    );
    expect(states(await ring.list())).toEqual(['EdDSA signing made', 'ES256 signing made', 'RS256 signing made']);
  });

  test('of eight nodes at once makes one set, and all use it', async () => {
    const sets = await Promise.all(Array.from({ length: 8 }, () => deployment.ring().prepare()));
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
  });

  test('would make several on a store that looks before it writes: the law above has teeth', async () => {
    const broken = await openDeployment((sound) => breakStorage(sound));
    const sets = await Promise.all(Array.from({ length: 8 }, () => broken.ring().prepare()));
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBeGreaterThan(1);
    await broken.close();
  });

  test('is what every later start finds', async () => {
    const first = await deployment.ring().prepare();
    deployment.advance(day);
    expect(await deployment.ring().prepare()).toEqual(first);
  });
});

describe('a rotation', () => {
  test('publishes the successor at once, signs with it when it was published long enough, and lets the old one go when nothing lives that it signed', async () => {
    const ring = deployment.ring({ publishSeconds: 600, lifetimes: { sessionSeconds: 3600 } });
    const old = publish(await ring.prepare(), deployment.now()).keys[0]?.kid;
    const [next] = await deployment.ring({ publishSeconds: 600 }).rotate();
    expect(await look(ring)).toEqual({ signs: old, published: [old, next?.kid] });
    deployment.advance(10 * minute - 1);
    expect(await look(ring)).toEqual({ signs: old, published: [old, next?.kid] });
    deployment.advance(1);
    expect(await look(ring)).toEqual({ signs: next?.kid, published: [next?.kid, old] });
    // The life of a session, and a minute for clocks.
    deployment.advance(61 * minute - 1);
    expect((await look(ring)).published).toContain(old);
    deployment.advance(1);
    expect(await look(ring)).toEqual({ signs: next?.kid, published: [next?.kid] });
    expect(kidsOf(await ring.list())).toEqual([next?.kid]);
  });

  test('that is under way is not begun again, whoever asks; it can be hastened', async () => {
    const ring = deployment.ring();
    await ring.prepare();
    const [next] = await ring.rotate();
    await expect(ring.rotate()).rejects.toThrow(/is published already, and signs from .* --now hastens it/);
    const asked = await Promise.allSettled([1, 2, 3].map(() => deployment.ring().rotate()));
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const [hastened] = await ring.rotate({ soon: true });
    expect(hastened).toMatchObject({ kid: next?.kid, state: 'next', signsFrom: deployment.now() + 15_000 });
  });

  test('of two operators at once is one rotation', async () => {
    await deployment.ring().prepare();
    const both = await Promise.allSettled([deployment.ring().rotate(), deployment.ring().rotate()]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(states(await deployment.ring().list())).toEqual(['ES256 next made', 'ES256 signing made']);
  });

  test('that can’t wait signs 15 s later, when every node has read of it', async () => {
    const ring = deployment.ring();
    await ring.prepare();
    const [next] = await ring.rotate({ soon: true });
    deployment.advance(14_999);
    expect((await look(ring)).signs).not.toBe(next?.kid);
    deployment.advance(1);
    expect((await look(ring)).signs).toBe(next?.kid);
  });

  test('of one algorithm leaves the others alone; one that has no key is refused', async () => {
    const ring = deployment.ring({ algorithms: ['ES256', 'EdDSA'] });
    await ring.prepare();
    await ring.rotate({ alg: 'EdDSA' });
    expect(states(await ring.list())).toEqual(['EdDSA next made', 'EdDSA signing made', 'ES256 signing made']);
    await expect(ring.rotate({ alg: 'RS256' })).rejects.toThrow('No RS256 key signs; ES256 and EdDSA do.');
  });

  test('comes by itself after so many days of signing, at one of the nodes, with the same lead', async () => {
    const nodes = [1, 2, 3].map(() => deployment.ring({ rotateDays: 30 }));
    await Promise.all(nodes.map((ring) => ring.prepare()));
    deployment.advance(29 * day - 1);
    await Promise.all(nodes.map((ring) => ring.refresh()));
    expect(states(await deployment.ring().list())).toEqual(['ES256 signing made']);
    deployment.advance(1);
    await Promise.all(nodes.map((ring) => ring.refresh()));
    const [next, old] = await deployment.ring().list();
    expect(next).toMatchObject({ state: 'next', signsFrom: deployment.now() + day });
    deployment.advance(day);
    expect((await look(deployment.ring())).signs).toBe(next?.kid);
    expect(old?.kid).not.toBe(next?.kid);
  });

  test('never comes by itself where that is turned off', async () => {
    const ring = deployment.ring({ rotateDays: 0 });
    const set = await ring.prepare();
    deployment.advance(4000 * day);
    expect(await ring.refresh()).toEqual(set);
  });

  test('keeps the old key as long as the longest life that any node’s settings have had', async () => {
    await deployment.ring({ lifetimes: { sessionSeconds: 7200 } }).prepare();
    await deployment.ring({ lifetimes: { sessionSeconds: 60 } }).prepare();
    await deployment.ring().rotate({ soon: true });
    const [, old] = await deployment.ring().list();
    expect(old?.publishedUntil).toBe(deployment.now() + 15_000 + 7260_000);
  });
});

describe('retiring', () => {
  test.each([
    ['the key that signs', 0, /signs now\. .*rotate/],
    ['the one before, while its tokens live', 15_000, /is needed until .*, then it goes by itself/],
  ])('%s is refused, unless it is forced', async (_, wait, words) => {
    const ring = deployment.ring();
    const [old] = publish(await ring.prepare(), deployment.now()).keys;
    const kid = String(old?.kid);
    if (wait > 0) await ring.rotate({ soon: true });
    deployment.advance(wait);
    const before = await ring.list();
    await expect(ring.retire(kid, false)).rejects.toThrow(words);
    expect(await ring.list()).toEqual(before);
    await ring.retire(kid, true);
    expect((await look(ring)).published).not.toContain(kid);
  });

  test('the next key ends the rotation, but not in its last moment', async () => {
    const ring = deployment.ring();
    await ring.prepare();
    const [next] = await ring.rotate();
    await ring.retire(String(next?.kid), false);
    expect(states(await ring.list())).toEqual(['ES256 signing made']);
    const [soon] = await ring.rotate({ soon: true });
    await expect(ring.retire(String(soon?.kid), false)).rejects.toThrow(/begins to sign in a moment/);
  });

  test('the key that signs, by force, makes its successor sign at once: the one that waits, or a new one, never an older one', async () => {
    const ring = deployment.ring();
    const [first] = publish(await ring.prepare(), deployment.now()).keys;
    const [second] = await ring.rotate({ soon: true });
    deployment.advance(15_000);
    await ring.retire(String(second?.kid), true);
    const now = await look(ring);
    expect([first?.kid, second?.kid]).not.toContain(now.signs);
    expect(now.published).toEqual([now.signs, first?.kid]);
    const [waiting] = await ring.rotate();
    await ring.retire(String(now.signs), true);
    expect(await look(ring)).toEqual({ signs: waiting?.kid, published: [waiting?.kid, first?.kid] });
  });

  test('a key that is not there is refused, and so is everything before the first start', async () => {
    const ring = deployment.ring();
    await expect(ring.rotate()).rejects.toThrow(/There are no signing keys yet/);
    expect(await ring.list()).toEqual([]);
    await ring.prepare();
    await expect(ring.retire('es256-nobody', true)).rejects.toThrow(/There is no signing key "es256-nobody"/);
  });
});

describe('keys in the secrets', () => {
  test('go on signing where the store has none: the first of an algorithm signs, the others stay published', async () => {
    const given = await Promise.all(['ES256', 'ES256', 'EdDSA'].map((alg) => makeSigningKey(alg as 'ES256')));
    const ring = deployment.ring({ given, algorithms: ['ES256', 'EdDSA'] });
    const { keys } = publish(await ring.prepare(), deployment.now());
    expect(keys.filter(({ alg }) => alg === 'ES256')).toEqual(given.slice(0, 2));
    expect(states(await ring.list())).toEqual(['EdDSA signing imported', 'ES256 signing imported', 'ES256 retired imported']);
  });

  test('need not stand there any more, and are taken over by several nodes once', async () => {
    const given = [await makeSigningKey('ES256')];
    const nodes = await Promise.all([1, 2, 3].map(() => deployment.ring({ given }).prepare()));
    expect(new Set(nodes.map((set) => JSON.stringify(set))).size).toBe(1);
    expect(kidsOf(await deployment.ring().list())).toEqual([given[0]?.kid]);
    expect(await deployment.ring().prepare()).toEqual(nodes[0]);
  });

  test('beside a key of the store, one is published first, as in every rotation', async () => {
    await deployment.ring().prepare();
    const given = [await makeSigningKey('ES256')];
    const ring = deployment.ring({ given });
    await ring.prepare();
    const [next, signing] = await ring.list();
    expect(next).toMatchObject({ kid: given[0]?.kid, state: 'next', source: 'imported', signsFrom: deployment.now() + day });
    expect(signing?.source).toBe('made');
  });

  test('never bring back one that was retired', async () => {
    const given = [await makeSigningKey('ES256')];
    const ring = deployment.ring({ given });
    await ring.prepare();
    await ring.retire(String(given[0]?.kid), true);
    await deployment.ring({ given }).prepare();
    expect(states(await ring.list())).toEqual(['ES256 signing made']);
  });

  test('are refused where the store has another key of that name', async () => {
    const [mine, theirs] = await Promise.all([makeSigningKey('ES256'), makeSigningKey('ES256')]);
    await deployment.ring({ given: [mine] }).prepare();
    const given = [{ ...theirs, kid: mine.kid }];
    await expect(deployment.ring({ given }).prepare()).rejects.toThrow(/another key is called ".*" in the store/);
  });
});

describe('an algorithm', () => {
  test('that is added has a key from the next start on', async () => {
    await deployment.ring().prepare();
    const ring = deployment.ring({ algorithms: ['ES256', 'EdDSA'] });
    await ring.prepare();
    expect(states(await ring.list())).toEqual(['EdDSA signing made', 'ES256 signing made']);
  });

  test('that is dropped signs no more, stays published while its tokens live, and a node of before goes on with it', async () => {
    const lifetimes = { sessionSeconds: 3600 };
    const before = deployment.ring({ algorithms: ['ES256', 'EdDSA'], lifetimes });
    await before.prepare();
    await deployment.ring({ lifetimes }).prepare();
    expect(states(await before.list())).toEqual(['EdDSA retired made', 'ES256 signing made']);
    expect(publish(await before.refresh(), deployment.now()).keys).toHaveLength(2);
    deployment.advance(61 * minute);
    await before.refresh();
    expect(states(await before.list())).toEqual(['ES256 signing made']);
  });
});

describe('a set that these sealing keys did not seal', () => {
  const others = generateSecrets();

  test('is never overwritten by a start, which says what to do', async () => {
    const ring = deployment.ring();
    const set = await ring.prepare();
    const stranger = deployment.ring({}, others);
    for (const act of [() => stranger.prepare(), () => stranger.refresh(), () => stranger.rotate({ soon: true }), () => stranger.list()])
      await expect(act()).rejects.toThrow(/were not sealed by these secrets\.sealingKeys.*keys rotate --now --force/);
    expect(await deployment.ring().refresh()).toEqual(set);
  });

  test('can be given up; whoever had read it follows', async () => {
    const ring = deployment.ring({}, { ...secrets, sealingKeys: [...secrets.sealingKeys, ...others.sealingKeys] });
    const [old] = publish(await ring.prepare(), deployment.now()).keys;
    const stranger = deployment.ring({}, others);
    await stranger.discard();
    await stranger.prepare();
    const { signs, published } = await look(ring);
    expect(published).toEqual([signs]);
    expect(signs).not.toBe(old?.kid);
  });
});
