// `latchkey keys`: the operator's hand on the signing keys, beside a server that runs and follows.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../src/cli/run.ts';
import { type ChildProgram, startChildProgram } from '../helpers/child-program.ts';
import { type Claims, verifyJwt } from '../helpers/jwt.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';
import { nameStore } from '../helpers/store.ts';

let program: ChildProgram;
beforeAll(async () => {
  program = await startChildProgram({ config: { signingKeys: { checkSeconds: 1 } } });
});
afterAll(() => program.close());

type Listed = { kid: string; alg: string; state: string; source: string; signsFrom: string; publishedUntil?: string };

/** In a process's place: the same folder and environment as the server. */
async function call(args: string[], env: Record<string, string> = {}) {
  const lines = { out: '', err: '' };
  const { database, redis } = program.store;
  const code = await run({
    args: ['keys', ...args],
    env: {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      ...(redis.url && { REDIS_URL: redis.url }),
      CONFIG_FILE: `${program.folder}/config.json`,
      ...env,
    },
    cwd: program.folder,
    print: (line) => void (lines.out += `${line}\n`),
    warn: (line) => void (lines.err += `${line}\n`),
    stop: new AbortController().signal,
  });
  return { code, ...lines };
}

async function list(): Promise<Listed[]> {
  return JSON.parse((await call(['list', '--json'])).out).keys;
}

async function published(): Promise<Claims[]> {
  return ((await (await fetch(`${program.url}/oidc/jwks`)).json()) as { keys: Claims[] }).keys;
}

/** This server looks every second. */
async function until(condition: (kids: unknown[]) => boolean): Promise<void> {
  const deadline = performance.now() + 25_000;
  while (!condition((await published()).map(({ kid }) => kid))) {
    if (performance.now() > deadline) throw new Error('the server did not follow within 25 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function signedBy(): Promise<unknown> {
  const { tokens } = await signIn(program, await createRelyingParty(program.issuer), { person: meetPerson(program) });
  return verifyJwt(tokens.id_token, await published()).header.kid;
}

const kidOf = (listed: Listed[], state: string, alg = 'RS256') =>
  listed.find((each) => each.alg === alg && each.state === state)?.kid ?? '';

test('a key is listed, succeeded, and taken out; the server follows without a restart', async () => {
  const first = await list();
  expect(first.map(({ alg, state, source }) => `${alg} ${state} ${source}`)).toEqual(['ES256 signing made', 'RS256 signing made']);
  const old = kidOf(first, 'signing');
  expect(await signedBy()).toBe(old);

  const rotated = await call(['rotate', '--alg', 'RS256']);
  expect(rotated).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^KID .*\nrs256-[0-9a-f]{12} {2}RS256 {2}next .*\n$/) });
  const next = kidOf(await list(), 'next');
  await until((kids) => kids.includes(next));
  expect(await signedBy()).toBe(old);
  expect(await call(['rotate', '--alg', 'RS256'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--now hastens it') });

  expect(await call(['retire', old])).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${old} signs now`) });
  const forced = await call(['retire', old, '--force', '--json']);
  expect([forced.code, JSON.parse(forced.out).ok, kidOf(await list(), 'signing')]).toEqual([0, true, next]);
  await until((kids) => !kids.includes(old));
  expect(await signedBy()).toBe(next);
}, 90_000);

test('what was done is there after a restart', async () => {
  const before = await list();
  await program.kill();
  await program.restart();
  expect(await list()).toEqual(before);
  expect((await published()).map(({ kid }) => kid)).toEqual(before.map(({ kid }) => kid));
}, 60_000);

test('a set that can’t be opened is refused in words, also as JSON, and stays', async () => {
  const before = await list();
  const other = { SEALING_KEYS: JSON.stringify([{ id: 'other', key: 'A'.repeat(43) }]) };
  const words = expect.stringContaining('not sealed by these secrets.sealingKeys');
  expect(await call(['list'], other)).toMatchObject({ code: 1, out: '', err: words });
  const { code, out } = await call(['rotate', '--now', '--json'], other);
  expect([code, JSON.parse(out)]).toEqual([1, { ok: false, error: words }]);
  expect(await list()).toEqual(before);
});

describe('on a store that no server has used', () => {
  const empty = nameStore();
  const env = { DATABASE_URL: empty.database.url, ...(empty.redis.url && { REDIS_URL: empty.redis.url }) };

  test.each([
    [['list'], 0, /^There are no signing keys yet/, /^$/],
    [['list', '--json'], 0, /^\{"ok":true,"keys":\[\]\}\n$/, /^$/],
    [['rotate'], 1, /^$/, /^There are no signing keys yet/],
    [['retire', 'nobody'], 1, /^$/, /^There is no signing key "nobody"/],
  ])('%j says so', async (args, code, ...[out, err]) => {
    const said = await call(args, env);
    expect(said).toMatchObject({ code, out: expect.stringMatching(out), err: expect.stringMatching(err) });
  });
});

test.each([
  [[], 'Say what to do: list, rotate, retire.', 'list'],
  [['show'], '"show" is none of list, rotate, retire.', 'list'],
  [['list', 'all'], '"all" is one argument too many.', 'list'],
  [['list', '--force'], 'There is no option --force.', 'list'],
  [['rotate', 'rs256'], '"rs256" is one argument too many.', 'rotate'],
  [['rotate', '--force'], '--force goes with --now only.', 'rotate'],
  [['rotate', '--alg'], '--alg needs a value.', 'rotate'],
  [['retire'], '<kid> is missing.', 'retire'],
  [['retire', 'a', 'b'], '"b" is one argument too many.', 'retire'],
  [['retire', 'a', '--alg', 'RS256'], 'There is no option --alg.', 'retire'],
  [['rotate', '--soon'], 'There is no option --soon.', 'rotate'],
])('%j is a wrong call', async (args, words, verb) => {
  const { code, out, err } = await call(args);
  expect([code, out]).toEqual([2, '']);
  expect(err.startsWith(`${words}\n\nUsage: latchkey keys ${verb} `)).toBe(true);
});

test('a store that can’t be opened is told without a stack', async () => {
  const nowhere = { DATABASE_URL: 'mongodb://user:hunter2@127.0.0.1:9/latchkey', REDIS_URL: 'redis://127.0.0.1:9' };
  const { code, err } = await call(['list'], nowhere);
  expect([code, err]).toEqual([1, expect.stringMatching(/^MongoDB can't be used: [^\n]+\n$/m)]);
  expect(err).not.toContain('hunter2');
});
