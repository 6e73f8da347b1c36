// `latchkey migrate`: everybody who is signed in on the embedded store is still signed in on MongoDB. Killed in the middle, it goes on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApp } from '../../src/app.ts';
import { run } from '../../src/cli/run.ts';
import { openStorage } from '../../src/storage/open.ts';
import { describeOnMongod } from '../helpers/mongod.ts';
import { meetPerson, signIn, type Person } from '../helpers/person.ts';
import { clientMetadata, makeSettings, startProgram } from '../helpers/program.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';
import { createRelyingParty, decodeJwt, type Tokens } from '../helpers/relying-party.ts';
import { makeFolder } from '../storage/folder.ts';

const pathTo = makeFolder();
const bin = join(import.meta.dirname, '../../bin/latchkey.js');

async function call(...args: string[]) {
  const lines = { out: '', err: '' };
  const print = (line: string) => void (lines.out += `${line}\n`);
  const warn = (line: string) => void (lines.err += `${line}\n`);
  const code = await run({ args: ['migrate', ...args], env: {}, cwd: pathTo('.'), print, warn, stop: new AbortController().signal });
  return { code, ...lines };
}

async function fill(file: string, rows: number): Promise<void> {
  const storage = await openStorage({ databaseUrl: `sqlite:${pathTo(file)}`, sweepSeconds: 60 }, Date.now);
  await Promise.all(
    Array.from({ length: rows }, (_, i) => storage.records.put('address', `key${i}`, `of ${i}`, { indexes: { account: 'a' } })),
  );
  await storage.close();
}

describeOnRedis('with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 60_000);
  afterAll(() => redis?.stop());

  describeOnMongod('and MongoDB,', (server) => {
    test('sessions, consents, subjects and refresh tokens survive the move', async () => {
      const first = await startProgram({ database: { url: `sqlite:${pathTo('lived.db')}`, sweepSeconds: 60 } });
      const asked = { scope: 'openid email phone offline_access', prompt: 'consent' };
      const before: { person: Person; tokens: Tokens }[] = [];
      const from = await createRelyingParty(first.issuer, clientMetadata.spa);
      for (const person of [meetPerson(first), meetPerson(first)]) {
        before.push({ person, tokens: (await signIn(first, from, { person, params: asked })).tokens });
      }
      await first.close();

      const url = server.mongod.urlOf('moved');
      writeFileSync(pathTo('url'), `${url}\n`);
      const { code, out } = await call('--from', 'sqlite:lived.db', '--to', '@url', '--json');
      expect({ code, ...JSON.parse(out) }).toMatchObject({
        code: 0,
        ok: true,
        kinds: { account: 2, address: 4, Session: 2, RefreshToken: 2 },
      });

      const stores = { database: { url, sweepSeconds: 60 }, redis: { url: redis.url, prefix: 'moved:' } };
      const second = await startProgram({ server: { issuer: first.issuer }, ...stores });
      try {
        const to = await createRelyingParty(first.issuer, clientMetadata.spa, second.url);
        for (const { person, tokens } of before) {
          const { verifier, url: request } = to.request({ scope: 'openid email phone', prompt: 'none' });
          const { code: granted = '' } = to.readCallback(await person.browser.open(request));
          const silent = await to.redeem(granted, verifier);
          expect(decodeJwt(silent.body.id_token).sub).toBe(decodeJwt(tokens.id_token).sub);
          const refreshed = await to.refresh(tokens.refresh_token ?? '');
          expect(refreshed.status).toBe(200);
          expect((await to.userinfo(refreshed.body.access_token)).body).toMatchObject({ email: person.email, phone_number: person.phone });
        }
      } finally {
        await second.close();
      }
      // A store that has lived on is no copy any more: nothing is laid over it.
      expect(await call('--from', 'sqlite:lived.db', '--to', '@url')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/Nothing was written/),
      });
    }, 120_000);

    test('killed in the middle it goes on, and leaves nothing out', async () => {
      const total = 6000;
      await fill('large.db', total);
      const url = server.mongod.urlOf('killed');
      const rows = server.mongod.client.db('killed').collection('records');
      const args = ['migrate', '--from', `sqlite:${pathTo('large.db')}`, '--to', url];
      const child = spawn(process.execPath, [bin, ...args], { stdio: 'ignore', env: { PATH: process.env.PATH } });
      const ended = once(child, 'exit');
      while (child.exitCode === null && (await rows.estimatedDocumentCount()) < 500) await pause(2);
      child.kill('SIGKILL');
      await ended;
      const kept = await rows.countDocuments({ _id: { $regex: '^address:' } as never });
      expect(kept).toBeGreaterThanOrEqual(500);
      expect(kept).toBeLessThan(total);
      const stores = { database: { url, sweepSeconds: 60 }, redis: { url: redis.url } };
      await expect(createApp(makeSettings('http://localhost:1', stores))).rejects.toThrow(/was not finished/);

      expect(await call('--from', 'sqlite:large.db', '--to', url)).toMatchObject({
        code: 0,
        out: `Both stores hold the same rows (${total - kept} written now):\n  address  ${total}\n  all      ${total}\n`,
      });
    }, 120_000);

    test('and back: what MongoDB holds moves into a file', async () => {
      await fill('there.db', 20);
      const url = server.mongod.urlOf('back');
      expect((await call('--from', 'sqlite:there.db', '--to', url)).code).toBe(0);
      expect((await call('--from', url, '--to', 'sqlite:back.db')).code).toBe(0);
      expect(JSON.parse((await call('--from', 'sqlite:there.db', '--to', 'sqlite:back.db', '--json')).out)).toMatchObject({ written: 0 });
    });
  });
});

describe('what goes wrong is said in words, and nothing is written:', () => {
  test.each([[[]], [['--from', 'sqlite:a.db']], [['--from', 'sqlite:a.db', '--to', 'sqlite:b.db', '--force']], [['a', 'b']]])(
    '%j',
    async (args) => {
      expect(await call(...args)).toEqual({
        code: 2,
        out: '',
        err: expect.stringMatching(/^.+\.\n\nUsage: latchkey migrate --from <url> --to <url> \[--json\]\n/),
      });
    },
  );

  test('a source that a server has open', async () => {
    const program = await startProgram({ database: { url: `sqlite:${pathTo('open.db')}`, sweepSeconds: 60 } });
    expect(await call('--from', 'sqlite:open.db', '--to', 'sqlite:new.db')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is open in another process\. Stop the server first\.\n$/),
    });
    await program.close();
  });

  test.each([
    ['sqlite:nowhere.db', 'sqlite:new.db', /^There is no file /],
    ['sqlite:same.db', 'sqlite:./same.db', /are the same/],
    ['@nowhere', 'sqlite:new.db', /nowhere can't be read \(ENOENT\)/],
    ['postgres://a:hunter2@b/c', 'sqlite:new.db', /must start with sqlite: or mongodb:/],
  ])('%s to %s', async (from, to, words) => {
    const { code, out, err } = await call('--from', from, '--to', to, '--json');
    expect([code, JSON.parse(out)]).toEqual([1, { ok: false, error: expect.stringMatching(words) }]);
    expect(out + err).not.toContain('hunter2');
  });

  test('a MongoDB that does not answer', async () => {
    await fill('some.db', 1);
    const { code, err } = await call(
      '--from',
      'sqlite:some.db',
      '--to',
      'mongodb://user:hunter2@127.0.0.1:9/x?serverSelectionTimeoutMS=200',
    );
    expect([code, err]).toEqual([1, expect.stringMatching(/^MongoDB can't be used: /)]);
    expect(err).not.toContain('hunter2');
  });
});
