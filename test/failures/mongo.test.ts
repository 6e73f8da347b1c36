// MongoDB goes while people sign in: killed and started again, its primary stepping down, its primary killed. Nothing that was
// acknowledged is lost, nobody has half an account, and all is well without a restart.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { openStorage } from '../../src/storage/open.ts';
import type { Records, Row } from '../../src/storage/port.ts';
import { describeOutage, findFaults, insist, readStanding, tolerance, untilReady } from '../helpers/outage.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { makeSettings, startProgram, type Program } from '../helpers/program.ts';
import { startRedis, type RedisServer } from '../helpers/redis-process.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { startReplicaSet, type ReplicaSet } from '../helpers/replica-set.ts';
import { describeOnServers, startServers, type Servers } from '../helpers/servers.ts';
import { promptTimeouts } from '../helpers/timeouts.ts';
import { startTraffic, type Finished, type Traffic } from '../helpers/traffic.ts';
import { startWiretap, type Wiretap } from '../helpers/wiretap.ts';

const patience = 240_000;
const params = { scope: 'openid email phone offline_access', prompt: 'consent' };
const { mongo } = promptTimeouts;
/** Pauses are over soon: people come back within the test. */
const sending = { gapsSeconds: [1] };

describeOnServers('a replica set of three', () => {
  let set: ReplicaSet;
  let redis: RedisServer;
  let program: Program;
  let party: RelyingParty;
  let use: Use;

  beforeAll(async () => {
    [set, redis] = await Promise.all([startReplicaSet(), startRedis()]);
    program = await startProgram({ sending, database: { url: set.urlOf('latchkey') }, redis: { url: redis.url }, mongo });
    party = await createRelyingParty(program.issuer);
  }, patience);
  afterAll(async () => {
    await program?.close();
    await Promise.all([set?.close(), redis?.stop()]);
  }, patience);
  beforeEach(async () => {
    use = await startUse(program, party);
  }, patience);
  afterEach(() => use?.stop(), patience);

  it(
    'whose primary steps down: success or 503, and it goes on with the next one',
    async () => {
      const from = performance.now();
      const before = await set.findPrimary();
      await set.stepDown();
      await use.traffic.untilFinished(1);
      expect(await readStanding(program.url)).toEqual([200, 200, 200]);
      await untilReady(program.url, true);
      expect(await set.findPrimary()).not.toBe(before);
      await expectWhole(use, 'MongoDB steps down', { from });
    },
    patience,
  );

  it(
    'whose primary is killed: a page that says when to come back, keys are served, and it goes on with the next one',
    async () => {
      const from = performance.now();
      const bringBack = await set.killPrimary();
      await untilReady(program.url, false);
      expect(await readStanding(program.url)).toEqual([200, 200, 200]);
      const { browser, email } = meetPerson(program);
      await party.begin(browser);
      const page = await browser.submit('/email', { email });
      // The next primary may have been quicker than this person.
      expect([200, 503]).toContain(page.status);
      expect(page.text.includes('Signing in isn’t possible right now')).toBe(page.status === 503);
      await untilReady(program.url, true);
      await expectWhole(use, 'MongoDB’s primary is killed', { from });
      await bringBack();
    },
    patience,
  );
});

describeOnServers('a MongoDB alone', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  }, patience);
  afterAll(() => servers?.close(), patience);

  /** Killed while people sign in, and started again when some were turned away. */
  async function killUnder({ program, tap }: Use): Promise<number> {
    const from = performance.now();
    await servers.mongod.kill();
    await untilReady(program.url, false);
    while (tap.heard.filter(({ at, status }) => at >= from && status === 503).length < 5) await pause(20);
    expect(await readStanding(program.url)).toEqual([200, 200, 200]);
    await servers.mongod.restart();
    const returned = performance.now();
    await untilReady(program.url, true);
    return returned;
  }

  it(
    'that is killed and started again: 503 meanwhile, and nothing that was acknowledged is lost',
    async () => {
      const program = await startProgram({ sending, ...servers.store, mongo });
      const use = await startUse(program, await createRelyingParty(program.issuer));
      try {
        const from = performance.now();
        const returned = await killUnder(use);
        await expectWhole(use, 'MongoDB is killed', { from, returned });
        expect(use.traffic.people.length).toBeGreaterThan(use.traffic.finished.length);
      } finally {
        await use.stop();
        await program.close();
      }
    },
    patience,
  );

  it(
    'behind a store that writes later than it says is seen to lose',
    async () => {
      const { database, redis } = makeSettings('', servers.store);
      const storage = await openStorage({ databaseUrl: database.url, sweepSeconds: 60, mongo, redis }, Date.now);
      const program = await startProgram(servers.store, { storage: { ...storage, records: writeLater(storage.records) } });
      const party = await createRelyingParty(program.issuer);
      const use = await startUse(program, party);
      try {
        await killUnder(use);
        await use.stop();
        expect(await findLost(party, use.traffic.finished)).toContain('a refresh token: 400 invalid_grant');
      } finally {
        await use.stop();
        await program.close();
        await storage.close();
      }
    },
    patience,
  );
});

type Use = { program: Program; party: RelyingParty; traffic: Traffic; tap: Wiretap; stop(): Promise<void> };

async function startUse(program: Program, party: RelyingParty): Promise<Use> {
  const tap = startWiretap();
  const traffic = startTraffic({ program, party, params });
  await traffic.untilFinished(5);
  return {
    program,
    party,
    traffic,
    tap,
    async stop() {
      await traffic.stop();
      tap.stop();
    },
  };
}

/** What is judged of an outage, whatever it was. `from`: when it began; `returned`: when the server was back, if it was told to be. */
async function expectWhole(use: Use, what: string, { from, returned }: { from: number; returned?: number }): Promise<void> {
  const { traffic, tap, party } = use;
  const recoveryMs = performance.now() - (returned ?? from);
  expect(recoveryMs).toBeLessThan(10_000 * tolerance);
  await traffic.untilFinished(5);
  await use.stop();
  const heard = tap.heard.filter(({ at, ms, path }) => at + ms >= from && !path.startsWith('/health') && !path.startsWith('/dev'));
  describeOutage(what, heard, { recoveryMs, after: `after its ${returned === undefined ? 'begin' : 'return'} ready within` });
  expect(findFaults(heard, { ended: true })).toEqual([]);
  expect(traffic.problems).toEqual([]);
  expect(await findLost(party, traffic.finished)).toEqual([]);
  expect(await findHalfMade(use)).toEqual([]);
}

/** Everybody who was turned away comes again, and gets one account with both addresses, whatever was written when the store went. */
async function findHalfMade({ program, party, traffic }: Use): Promise<string[]> {
  const done = new Set(traffic.finished.map(({ person }) => person));
  const turnedAway = traffic.people.filter((person) => !done.has(person)).slice(0, 8);
  await pause(1100);
  const answers = await Promise.all(
    turnedAway.map(async (person) => {
      const { tokens } = await insist(() => signIn(program, party, { person, params }));
      const { body } = await insist(() => party.userinfo(tokens.access_token));
      return body.email === person.email && body.phone_number === person.phone ? [] : [JSON.stringify(body)];
    }),
  );
  return answers.flat();
}

/** What somebody was told has happened, and has not: tokens that work, an account with its addresses. */
async function findLost(party: RelyingParty, finished: readonly Finished[]): Promise<string[]> {
  const lost: string[] = [];
  for (const { person, tokens, sub } of finished) {
    const { status, body } = await insist(() => party.refresh(tokens.refresh_token ?? ''));
    if (status !== 200) {
      lost.push(`a refresh token: ${status} ${body.error}`);
      continue;
    }
    const { body: claims } = await insist(() => party.userinfo(body.access_token));
    if (claims.sub !== sub || claims.email !== person.email || claims.phone_number !== person.phone)
      lost.push(`an account: ${JSON.stringify(claims)}`);
    const callback = await insist(() => party.silently(person.browser));
    if (!callback.code) lost.push(`a session: ${callback.error}`);
  }
  return lost;
}

/** Says that a refresh token is kept, and writes it a moment later. */
function writeLater(records: Records): Records {
  const pending = new Map<string, Row>();
  return {
    ...records,
    async insert(...row) {
      const [kind, key, value, meta] = row;
      if (kind !== 'RefreshToken') return records.insert(...row);
      pending.set(key, { value, version: 1, indexes: meta?.indexes ?? {}, expiresAt: meta?.expiresAt });
      setTimeout(() => {
        pending.delete(key);
        records.insert(...row).catch(() => undefined);
      }, 500).unref();
      return true;
    },
    get: async <V>(kind: string, key: string) => (pending.get(key) as Row<V> | undefined) ?? records.get<V>(kind, key),
  };
}
