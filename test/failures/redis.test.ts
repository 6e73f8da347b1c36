// Redis goes while people sign in: killed, hanging, emptied. The program fails closed, keeps what is durable, and heals by itself.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openStorage } from '../../src/storage/open.ts';
import type { Expiring, Storage } from '../../src/storage/port.ts';
import { askForCode, enterEmail, typeCode, typeWrongCodes } from '../helpers/code-page.ts';
import { countEvents } from '../helpers/metrics.ts';
import { describeOutage, findFaults, insist, readStanding, statusOf, tolerance, untilReady } from '../helpers/outage.ts';
import { allow, meetPerson, signIn } from '../helpers/person.ts';
import { startProgram, type Program } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { describeOnServers, startServers, type Servers } from '../helpers/servers.ts';
import { openTestStorage } from '../helpers/store.ts';
import { promptTimeouts } from '../helpers/timeouts.ts';
import { startTraffic } from '../helpers/traffic.ts';
import { startWiretap, type Wiretap } from '../helpers/wiretap.ts';

const patience = 240_000;
const offline = { scope: 'openid email offline_access', prompt: 'consent' };
const overrides = { sending: { gapsSeconds: [1] }, codes: { knownLaneFailures: 3 } };

describeOnServers('while Redis', () => {
  let servers: Servers;
  let program: Program;
  let party: RelyingParty;
  let tap: Wiretap;

  // One program for all that befalls its Redis: nothing here needs a restart.
  beforeAll(async () => {
    servers = await startServers();
    program = await startProgram({ ...overrides, ...servers.store, redis: { ...servers.store.redis, ...promptTimeouts.redis } });
    party = await createRelyingParty(program.issuer);
  }, patience);
  afterAll(async () => {
    await program?.close();
    await servers?.close();
  }, patience);
  beforeEach(() => void (tap = startWiretap()));
  afterEach(() => tap.stop());

  /** How many messages have left and how many codes were compared, ever. */
  async function countWork(of = program): Promise<number> {
    const types = ['code_issued', 'code_sent', 'code_verified', 'code_refused'];
    return (await Promise.all(types.map((type) => countEvents([of], { type })))).reduce((sum, count) => sum + count);
  }

  async function untilRefused(from: number, count: number): Promise<void> {
    while (tap.heard.filter(({ at, status }) => at >= from && status === 503).length < count) await pause(20);
  }

  async function verifies(jwt: string): Promise<boolean> {
    const { keys } = (await (await fetch(String(party.metadata.jwks_uri))).json()) as { keys: (JsonWebKey & { kid: string })[] };
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const key = createPublicKey({ key: keys.find((each) => each.kid === kid)!, format: 'jwk' });
    return verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  }

  const ways = {
    'is killed': { begin: () => servers.redis.kill(), end: () => servers.redis.start(), empties: true },
    hangs: { begin: () => servers.redis.freeze(), end: () => servers.redis.thaw(), empties: false },
  };

  it.each(Object.entries(ways))(
    '%s, pages say when to come back, nothing is sent or compared, keys are served, and all is well soon after its return',
    async (name, { begin, end, empties }) => {
      const owner = meetPerson(program);
      const { tokens } = await insist(() => signIn(program, party, { person: owner, params: offline }));
      const waiting = await askForCode(program, party);
      const traffic = startTraffic({ program, party, params: { scope: 'openid email phone' } });
      await traffic.untilFinished(10);

      const from = performance.now();
      await begin();
      await untilReady(program.url, false);
      while (tap.waitingSince(from) > 0) await pause(20);
      const before = await countWork();
      const { fields } = waiting.browser.findForm('/code');
      for (let each = 0; each < 3; each += 1) {
        const answers = await Promise.all(
          [1, 2, 3, 4].map(() => waiting.browser.post(waiting.browser.page.url, { ...fields, code: waiting.code })),
        );
        expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
        expect(await readStanding(program.url)).toEqual([200, 200, 200]);
      }
      const answers = [await party.userinfo(tokens.access_token), await party.refresh(tokens.refresh_token ?? '')];
      await untilRefused(from, 80);
      expect(answers.map(({ status, body }) => [status, body.error])).toEqual(answers.map(() => [503, 'temporarily_unavailable']));
      expect(await verifies(tokens.id_token)).toBe(true);
      expect(await statusOf(`${program.url}/health/ready`)).toBe(503);
      expect(await countWork()).toBe(before);

      await end();
      const recovery = await untilReady(program.url, true);
      expect(recovery).toBeLessThan(5000 * tolerance);
      await traffic.untilFinished(10);
      await traffic.stop();
      const heard = tap.heard.filter(({ at, ms, path }) => at + ms >= from && !path.startsWith('/health') && !path.startsWith('/dev'));
      describeOutage(`Redis ${name}`, heard, { recoveryMs: recovery, after: 'after its return ready within' });
      expect(findFaults(heard, { ended: empties })).toEqual([]);
      expect(traffic.problems).toEqual([]);

      // What is durable is there; a code that nobody could compare still is what Redis says of it.
      expect(await party.silently(owner.browser)).toHaveProperty('code');
      const { body } = await party.refresh(tokens.refresh_token ?? '');
      expect((await party.userinfo(body.access_token)).body).toMatchObject({ email: owner.email });
      const answer = await typeCode(waiting.browser, waiting.code);
      expect(answer.text.includes('This sign-in has ended')).toBe(empties);
      const next = empties ? (await party.begin(waiting.browser)).answer : await allow(waiting.person);
      expect(next.location ?? next.url).toMatch(empties ? /\/email$/ : /\?code=/);
      expect(await program.outbox(waiting.person.email)).toHaveLength(1);
    },
    patience,
  );

  it(
    'is emptied, codes are dead; sessions, grants and a lane that has ended are as they were',
    async () => {
      const owner = meetPerson(program);
      const { tokens } = await insist(() => signIn(program, party, { person: owner, params: offline }));
      const guessed = meetPerson(program);
      await insist(() => signIn(program, party, { person: guessed }));
      await pause(1100);
      const asked = await askForCode(program, party, { person: guessed, params: { prompt: 'login' } });
      await typeWrongCodes(asked.browser, asked.code, 3);
      const waiting = await askForCode(program, party);
      const traffic = startTraffic({ program, party, params: { scope: 'openid email phone' } });
      await traffic.untilFinished(5);

      const from = performance.now();
      await servers.redis.ask('FLUSHALL');
      await traffic.untilFinished(10);
      await traffic.stop();
      expect(
        findFaults(
          tap.heard.filter(({ at, path }) => at >= from && !path.startsWith('/oidc/token')),
          { ended: true },
        ),
      ).toEqual([]);

      expect((await typeCode(waiting.browser, waiting.code)).text).toContain('This sign-in has ended');
      expect((await party.userinfo(tokens.access_token)).status).toBe(401);
      expect(await party.silently(owner.browser)).toHaveProperty('code');
      const { status, body } = await party.refresh(tokens.refresh_token ?? '');
      expect(status).toBe(200);
      expect((await party.userinfo(body.access_token)).status).toBe(200);
      // Its lane has ended: its own browser waits for the pause that a stranger's message began.
      await enterEmail(party, meetPerson(program, { email: guessed.email }));
      const held = await enterEmail(party, guessed, { prompt: 'login' });
      expect(held.headers.get('retry-after')).not.toBeNull();
      await enterEmail(party, meetPerson(program, { email: owner.email }));
      const free = await enterEmail(party, owner, { prompt: 'login' });
      expect(free.headers.get('retry-after')).toBeNull();
    },
    patience,
  );

  it(
    'is killed, a program that falls back on its own memory is seen to send and to compare',
    async () => {
      const real = await openStorage({ ...settingsOf(program), sweepSeconds: 60 }, Date.now);
      const memory = await openTestStorage();
      const broken = await startProgram(servers.store, { storage: { ...real, expiring: fallBack(real.expiring, memory) } });
      try {
        const before = await countWork(broken);
        await servers.redis.kill();
        const { person } = await askForCode(broken, await createRelyingParty(broken.issuer));
        expect(await broken.outbox(person.email)).toHaveLength(1);
        expect(await countWork(broken)).toBeGreaterThan(before);
      } finally {
        await servers.redis.start();
        await untilReady(broken.url, true);
        await broken.close();
        await Promise.all([real.close(), memory.close()]);
      }
    },
    patience,
  );
});

const settingsOf = ({ settings: { database, mongo, redis } }: Program) => ({ databaseUrl: database.url, mongo, redis });

/** What a well-meaning node would do without its Redis: remember by itself what all nodes should know. */
function fallBack(expiring: Expiring, { expiring: own }: Storage): Expiring {
  const operations = Object.entries(expiring) as [keyof Expiring, (...args: unknown[]) => Promise<unknown>][];
  const lenient = operations.map(([name, operate]) => [
    name,
    (...args: unknown[]) => operate(...args).catch(() => (own[name] as typeof operate)(...args)),
  ]);
  return Object.fromEntries(lenient) as Expiring;
}
