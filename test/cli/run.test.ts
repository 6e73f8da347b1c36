// The command line: which command runs, what it prints, and with which exit code it ends.
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run } from '../../src/cli/run.ts';
import { makeFolder } from '../config/folder.ts';

const folder = makeFolder();

async function call(args: string[], env: Record<string, string> = {}) {
  const lines = { out: '', err: '' };
  const code = await run({
    args,
    env,
    cwd: folder.path,
    print: (line) => void (lines.out += `${line}\n`),
    warn: (line) => void (lines.err += `${line}\n`),
    stop: AbortSignal.abort(),
  });
  return { code, ...lines };
}

describe('finding a command', () => {
  test.each(['help', '--help', '-h'])('%s lists the commands', async (name) => {
    const { code, out, err } = await call([name]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/serve .*\n.*secrets .*\n.*settings /);
  });

  const names = ['serve', 'secrets', 'settings', 'clients', 'users', 'keys', 'doctor', 'migrate', 'backup'];
  test.each(
    names.flatMap((name) => [
      ['help', name],
      [name, '--help'],
      [name, '-h'],
    ]),
  )('%s %s says how it is called, and does nothing', async (...args) => {
    const name = args.find((argument) => names.includes(argument));
    const { code, out, err } = await call(args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^[A-Z].*\\.\n\nUsage: latchkey ${name}`));
    expect(out.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  test('no command is a wrong call', async () => {
    expect(await call([])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^Usage: /) });
  });

  test.each([
    ['srve', /^There is no command "srve"; did you mean "serve"\?\n\nUsage/],
    ['toString', /^There is no command "toString"\.\n\nUsage/],
  ])('the unknown command %s is refused', async (name, words) => {
    expect(await call([name])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) });
  });

  test.each([
    [['serve', 'now'], '"now" is one argument too many.', 'serve'],
    [['serve', '--port', '3300'], '--port is a setting: give it in the environment, as PORT=3300.', 'serve'],
    [['serve', '--port=3300'], '--port is a setting: give it in the environment, as PORT=3300.', 'serve'],
    [['serve', '--lookup-key', 'x'], '--lookup-key is a setting: give it in the environment, as LOOKUP_KEY=….', 'serve'],
    [['serve', '--prot', '3300'], 'There is no option --prot.', 'serve'],
    [['secrets'], 'Say what to do: generate.', 'secrets'],
    [['secrets', 'show'], '"show" is none of generate.', 'secrets'],
    [['settings', 'all'], '"all" is one argument too many.', 'settings'],
  ])('%j is a wrong call, which says why', async (args, words, name) => {
    const { code, out, err } = await call(args);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(`${words}\n\nUsage: latchkey ${name}`)).toBe(true);
  });

  test('help about one thing that a command does leaves out the others', async () => {
    for (const args of [
      ['help', 'clients', 'show'],
      ['clients', 'show', '--help'],
    ])
      expect((await call(args)).out).toMatch(/\.\n\nUsage: latchkey clients show <id> \[--json\]\n$/);
  });

  test('--version prints the version', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
    expect(await call(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

test('`secrets generate` prints what SECRETS_FILE takes, new each time', async () => {
  const [first, second] = await Promise.all([call(['secrets', 'generate']), call(['secrets', 'generate'])]);
  const file = folder.write('generated.json', first.out);
  expect(folder.load({ DATABASE_URL: 'sqlite::memory:', SECRETS_FILE: file }).secrets).toEqual(JSON.parse(first.out));
  expect(second.out).not.toBe(first.out);
});

test('`secrets generate --out` makes a file that only its owner can read, and overwrites none', async () => {
  const before = process.umask(0);
  try {
    const { code, out, err } = await call(['secrets', 'generate', '--out', 'made.json']);
    const file = join(folder.path, 'made.json');
    expect([code, out, err]).toEqual([0, expect.stringContaining(`${file}, which only its owner can read`), '']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const made = readFileSync(file, 'utf8');
    expect(folder.load({ DATABASE_URL: 'sqlite::memory:', SECRETS_FILE: file }).secrets).toEqual(JSON.parse(made));
    const again = await call(['secrets', 'generate', '--out', 'made.json']);
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/made\.json is there already/) });
    expect(readFileSync(file, 'utf8')).toBe(made);
    const nowhere = await call(['secrets', 'generate', '--out', 'nowhere/made.json']);
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringMatching(/^The folder of .* is not there/) });
    expect(existsSync(join(folder.path, 'nowhere'))).toBe(false);
  } finally {
    process.umask(before);
  }
});

test('`settings` prints the document', async () => {
  expect((await call(['settings'])).out).toMatch(/^# Configuration\n/);
});

test.each([
  ['serve'],
  ['clients', 'list'],
  ['users', 'find', 'ada@example.com'],
  ['keys', 'list'],
  ['backup', 'copy.db'],
  ['migrate', '--from', 'sqlite:text.db', '--to', 'sqlite:other.db'],
])('`%s …` says which file is damaged, without a stack', async (...args) => {
  folder.write('text.db', 'not a database, but long enough to have a header of some kind '.repeat(9));
  const { code, err } = await call(args.filter(Boolean), { NODE_ENV: 'test', DATABASE_URL: 'sqlite:text.db', PORT: '0' });
  const told = err.split('\n').filter((line) => !line.includes('were generated'));
  expect([code, told]).toEqual([1, [expect.stringMatching(/^The database .*text\.db can't be read: .*\. Put a backup in its place/), '']]);
});

describe('serve', () => {
  test('lists what is wrong with the settings, without a stack', async () => {
    const { code, err } = await call(['serve'], { PORT: 'x', LOG_LEVEL: 'y' });
    expect(code).toBe(1);
    expect(err).toMatch(/^2 settings need attention before Latchkey can start:\n {2}- server\.port .*\n {2}- log\.level .*\n$/);
  });

  test('says that a port is taken', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const { code, err } = await call(['serve'], { PORT: String(port), DATABASE_URL: 'sqlite::memory:' });
      expect([code, err]).toEqual([1, `Port ${port} is taken by another program. Stop that one, or choose another port with PORT.\n`]);
    } finally {
      other.close();
    }
  });

  test('says that an address is not of this machine', async () => {
    const { code, err } = await call(['serve'], { HOST: '192.0.2.1', PORT: '0', DATABASE_URL: 'sqlite::memory:' });
    expect([code, err]).toEqual([1, '192.0.2.1 (HOST) is no address of this machine.\n']);
  });
});
