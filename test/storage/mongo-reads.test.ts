// Over MongoDB a request's reads are one command wherever its first row names the others: each is a way to another machine.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type mongoose from 'mongoose';
import { openStorage } from '../../src/storage/open.ts';
import type { Storage } from '../../src/storage/port.ts';
import { describeOnMongod, settingsOf } from '../helpers/mongod.ts';
import { meetPerson } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

const name = 'reads';

describeOnRedis('over a real Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis?.stop(), 60_000);

  describeOnMongod('and a real mongod', (server) => {
    let storage: Storage;
    let program: Program;
    let database: mongoose.mongo.Db;

    beforeAll(async () => {
      const { url, ...mongo } = settingsOf(server.mongod, name);
      storage = await openStorage({ databaseUrl: url, sweepSeconds: 3600, mongo, redis: { url: redis.url, prefix: `${name}:` } }, Date.now);
      program = await startProgram({}, { storage });
      database = server.mongod.client.db(name);
      await database.command({ profile: 2 });
    }, 60_000);
    afterAll(async () => {
      await program?.close();
      await storage?.close();
    }, 60_000);

    const readProfile = () =>
      database
        .collection('system.profile')
        .find({ ns: `${name}.records`, op: 'query' })
        .toArray();

    /** How many commands read, and how many rows they answered. */
    async function readsOf<T>(act: () => Promise<T>): Promise<{ answer: T; commands: number; rows: number }> {
      const before = (await readProfile()).length;
      const answer = await act();
      const seen = (await readProfile()).slice(before);
      return { answer, commands: seen.length, rows: seen.reduce((sum, { nreturned }) => sum + Number(nreturned), 0) };
    }

    it('what a token and a sign-in name comes with one command', async () => {
      const party = await createRelyingParty(program.issuer);
      const { browser, email } = meetPerson(program);
      const { url, verifier } = party.request({ scope: 'openid email' });
      await browser.open(url);
      await browser.submit('/email', { email });
      const signedIn = await readsOf(async () => browser.submit('/code', { code: await program.codeFor(email) }));
      // Whose address it is; account and consent of who has just signed in; the consent page's session, account and consent.
      expect([signedIn.answer.url, signedIn.commands]).toEqual([expect.stringMatching(/\/consent$/), 3]);

      const allowed = await readsOf(() => browser.submit('/consent', { decision: 'allow' }));
      // The page's session, account and consent; the authorization endpoint's session and account, and, when it has found the yes, the consent.
      expect(allowed.commands).toBe(3);
      const { code = '' } = party.readCallback(allowed.answer);
      const redeemed = await readsOf(() => party.redeem(code, verifier));
      expect(redeemed).toMatchObject({ commands: 1, rows: 4 });
      const token = redeemed.answer.body.access_token;
      const asked = await readsOf(() => party.userinfo(token));
      expect(asked).toMatchObject({ answer: { body: { email } }, commands: 1, rows: 4 });
      expect(await readsOf(() => party.introspect(token))).toMatchObject({ answer: { body: { active: true } }, commands: 1, rows: 4 });

      const again = party.request({ scope: 'openid email', prompt: 'none' });
      const silent = await readsOf(() => browser.open(again.url));
      // Its session, account and consent; then the grant that the session names.
      expect([party.readCallback(silent.answer).code, silent.commands]).toEqual([expect.any(String), 2]);
    }, 60_000);
  });
});
