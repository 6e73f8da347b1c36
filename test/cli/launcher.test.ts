// bin/latchkey.js: what an old Node says, and that a new one starts the program.
import { afterAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const launcher = join(import.meta.dirname, '../../bin/latchkey.js');
const posing = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.1" } });';
const pose = ['--import', `data:text/javascript,${encodeURIComponent(posing)}`];

/** Nodes that are installed outside the repository, if any is old. */
const oldNodes = ['/usr/bin/node', '/usr/local/bin/node'].filter(
  (node) => existsSync(node) && Number(/\d+/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout)?.[0]) < 24,
);

describe('an old Node', () => {
  test.each([[process.execPath, ...pose], ...oldNodes.map((node) => [node])])('is told what it lacks (%s)', (node, ...flags) => {
    const { status, stderr, stdout } = spawnSync(node, [...flags, launcher, 'help'], { encoding: 'utf8' });
    expect(stderr).toMatch(
      /^Latchkey needs Node 24 or newer \(this is \d+\.\d+\.\d+\)\. In the repository, `npm start` brings it along\.\n$/,
    );
    expect([status, stdout]).toEqual([1, '']);
  });

  test('can read the launcher: it holds no syntax that is newer than Node 12', () => {
    expect(readFileSync(launcher, 'utf8')).not.toMatch(/^import |^(?!.*\/\/).*(\?\.|\?\?|await)/m);
  });
});

test('a new Node starts the program without a word of its own', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [launcher, 'help'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: node .*bin\/latchkey\.js <command>/);
});

describe('what it tells people to run is how it was called', () => {
  const root = join(import.meta.dirname, '../..');
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-called-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  symlinkSync(launcher, join(folder, 'latchkey'));

  test.each([
    ['npm run latchkey --', [launcher], { npm_lifecycle_event: 'start' }],
    ['node bin/latchkey.js', ['bin/latchkey.js'], {}],
    ['latchkey', [join(folder, 'latchkey')], {}],
  ])('%s', (program, args, env) => {
    const call = (...more: string[]) =>
      spawnSync(process.execPath, [...args, ...more], {
        encoding: 'utf8',
        cwd: root,
        env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
      });
    expect(call('serve').stderr).toContain(`\`${program} secrets generate --out secrets.json\` makes`);
    expect(call('doctor', '--json').stdout).toContain(`\`${program} secrets generate --out secrets.json\` makes`);
    expect(call('help').stdout).toContain(`\nHow each is called: ${program} help <command>\n`);
    expect(call('help', 'backup').stdout).toContain(`\nUsage: ${program} backup <file>`);
  });
});

describe('after an installation', () => {
  const compile = join(import.meta.dirname, '../../bin/compile.js');

  test('what Node compiles of the program is kept for the first start, without a word', () => {
    const cache = mkdtempSync(join(tmpdir(), 'latchkey-compiled-'));
    const { status, stderr, stdout } = spawnSync(process.execPath, [compile], { encoding: 'utf8', env: { NODE_COMPILE_CACHE: cache } });
    const kept = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
    rmSync(cache, { recursive: true });
    expect([status, stderr, stdout]).toEqual([0, '', '']);
    expect(kept).toBeGreaterThan(300);
  });

  test('it is kept in the installation, and not where others on the machine could lay something in its place', () => {
    const temporary = mkdtempSync(join(tmpdir(), 'latchkey-temporary-'));
    const { status } = spawnSync(process.execPath, [compile], { env: { TMPDIR: temporary } });
    const strays = readdirSync(temporary);
    rmSync(temporary, { recursive: true });
    expect([status, strays]).toEqual([0, []]);
    expect(readdirSync(join(import.meta.dirname, '../../node_modules/.cache/latchkey'))).not.toEqual([]);
  });

  test.each([[process.execPath, ...pose], ...oldNodes.map((node) => [node])])('an old Node is no reason to fail (%s)', (node, ...flags) => {
    const { status, stderr, stdout } = spawnSync(node, [...flags, compile], { encoding: 'utf8' });
    expect([status, stderr, stdout]).toEqual([0, '', '']);
  });
});
