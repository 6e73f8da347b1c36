// `latchkey backup`: a copy that is taken while people sign in, and that everybody who was signed in then can go on from.
import { execFile } from 'node:child_process';
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { run } from '../../src/cli/run.ts';
import { openStorage } from '../../src/storage/open.ts';
import { startChildProgram } from '../helpers/child-program.ts';
import { meetPerson, signIn, type Person } from '../helpers/person.ts';
import { clientMetadata } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type Tokens } from '../helpers/relying-party.ts';
import { makeFolder } from '../storage/folder.ts';

const pathTo = makeFolder();
const bin = join(import.meta.dirname, '../../bin/latchkey.js');

async function backUp(args: string[], { cwd = pathTo('.'), env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  const lines = { out: '', err: '' };
  const print = (line: string) => void (lines.out += `${line}\n`);
  const warn = (line: string) => void (lines.err += `${line}\n`);
  const code = await run({ args: ['backup', ...args], env, cwd, print, warn, stop: new AbortController().signal });
  return { code, ...lines };
}

/** As operators do it: in a process of its own beside the one that writes. */
async function backUpBeside(args: string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [bin, 'backup', ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  });
  return stdout;
}

test('what was backed up under load is there after a restore: accounts, sessions, consents, refresh tokens', async () => {
  const program = await startChildProgram();
  try {
    const party = await createRelyingParty(program.issuer, clientMetadata.spa);
    const asked = { scope: 'openid email phone offline_access', prompt: 'consent' };
    const enter = async (person: Person) => ({ person, tokens: (await signIn(program, party, { person, params: asked })).tokens });
    const signedIn: { person: Person; tokens: Tokens }[] = [];
    for (let i = 0; i < 3; i += 1) signedIn.push(await enter(meetPerson(program)));

    const under = Promise.all(Array.from({ length: 4 }, () => enter(meetPerson(program))));
    const said = await backUpBeside(['copy.db'], program.folder, { DATABASE_URL: 'sqlite:latchkey.db' });
    expect(said).toMatch(/^Backed up \d+ rows into .*copy\.db\. Keep the secrets with it/);
    const published = await (await fetch(`${program.url}/oidc/jwks`)).text();
    await under;

    await program.kill();
    const file = join(program.folder, 'latchkey.db');
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    renameSync(join(program.folder, 'copy.db'), file);
    await program.restart();
    expect(await (await fetch(`${program.url}/oidc/jwks`)).text()).toBe(published);

    for (const { person, tokens } of signedIn) {
      expect(await party.silently(person.browser, { scope: 'openid email phone' })).toHaveProperty('code');
      const refreshed = await party.refresh(tokens.refresh_token ?? '');
      expect(refreshed.status).toBe(200);
      expect(decodeJwt(refreshed.body.id_token).sub).toBe(decodeJwt(tokens.id_token).sub);
      expect((await party.userinfo(refreshed.body.access_token)).body).toMatchObject({ email: person.email, phone_number: person.phone });
    }
    await enter(meetPerson(program));
  } finally {
    await program.close();
  }
}, 180_000);

test('a copy is one moment of a store that is written to without a pause', async () => {
  const databaseUrl = `sqlite:${pathTo('busy.db')}`;
  const storage = await openStorage({ databaseUrl, sweepSeconds: 60 }, Date.now);
  const pad = 'x'.repeat(500);
  await Promise.all(Array.from({ length: 3000 }, (_, i) => storage.records.put('pad', `p${i}`, pad)));
  let [written, stop] = [0, false];
  // One after the other: a copy that holds the n-th holds all before it.
  const writing = (async () => {
    for (; !stop; written += 1) await storage.records.insert('line', String(written).padStart(9, '0'), pad);
  })();
  while (written < 20) await new Promise((resolve) => setTimeout(resolve, 1));
  const before = written;
  await backUpBeside(['busy-copy.db', '--from', 'sqlite:busy.db'], pathTo('.'));
  stop = true;
  await writing;
  await storage.close();

  const copy = await openStorage({ databaseUrl: `sqlite:${pathTo('busy-copy.db')}`, sweepSeconds: 60 }, Date.now);
  const lines = (await copy.records.list('line', 'all', { limit: 1_000_000 })).rows.map(({ key }) => Number(key));
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, i) => i));
  expect(lines.length).toBeGreaterThanOrEqual(before);
  expect(lines.length).toBeLessThan(written);
  expect((await copy.records.list('pad', 'all', { limit: 9999 })).rows).toHaveLength(3000);
  await copy.close();
});

test('only its owner can read a copy, and it overwrites nothing', async () => {
  const storage = await openStorage({ databaseUrl: `sqlite:${pathTo('small.db')}`, sweepSeconds: 60 }, Date.now);
  await storage.records.put('thing', 'a', 1);
  await storage.close();
  const args = ['kept.db', '--from', 'sqlite:small.db'];
  expect((await backUp(args)).code).toBe(0);
  expect(statSync(pathTo('kept.db')).mode & 0o777).toBe(0o600);
  expect(await backUp(args)).toMatchObject({ code: 1, err: expect.stringMatching(/is there already/) });
});

test.each([
  [[], 2, /^<file> is missing\.\n\nUsage: latchkey backup /],
  [['a', 'b'], 2, /^"b" is one argument too many\.\n\nUsage: latchkey backup /],
  [['a', '--to', 'b'], 2, /^There is no option --to\.\n\nUsage: latchkey backup /],
  [['nowhere/a', '--from', 'sqlite:text.db'], 1, /^There is no folder .*\/nowhere\. Make it first\.\n$/],
  [['a', '--from', 'sqlite:nowhere.db'], 1, /^There is no file /],
  [['a', '--from', 'mongodb://u:hunter2@h/d'], 1, /^Only the embedded store is backed up this way; for MongoDB there is mongodump\.\n$/],
  [['a', '--from', 'sqlite:text.db'], 1, /^The database .*text\.db can't be read: file is not a database\. Put a backup in .*\n$/],
])('%j is refused, and leaves no file', async (args, code, words) => {
  writeFileSync(pathTo('text.db'), 'this is no database, but a text that is somewhat longer than its header'.repeat(30));
  expect(await backUp(args)).toMatchObject({ code, out: '', err: expect.stringMatching(words) });
  expect(['a', 'a.partial', 'nowhere'].filter((name) => existsSync(pathTo(name)))).toEqual([]);
});
