// Secrets that are generated on a first start in development.
import { describe, expect, test } from '@jest/globals';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, someSecrets } from './folder.ts';

const folder = makeFolder();
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** A start with a data folder of its own. */
function start(name: string, env: Record<string, string> = {}) {
  const lines: string[] = [];
  const settings = folder.load(
    { DATABASE_URL: `sqlite:${name}/latchkey.db`, ...env },
    {
      notice(line) {
        lines.push(line);
      },
    },
  );
  return { lines, settings, file: join(folder.path, name, 'secrets.json') };
}

describe('the first start', () => {
  test('keeps secrets beside the database, for their owner only, and says so in one line', () => {
    const { lines, file, settings } = start('first');
    expect(lines).toEqual([expect.stringContaining(file)]);
    expect([modeOf(file), modeOf(join(folder.path, 'first'))]).toEqual(['600', '700']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(settings.secrets);
    expect(readdirSync(join(folder.path, 'first'))).toEqual(['secrets.json']);
  });

  test('makes no signing keys: they belong to the store', () => {
    expect(start('first').settings.secrets).not.toHaveProperty('signingKeys');
  });

  test('generates nothing where every secret is brought', () => {
    const { settings, lines } = start('brought', { SECRETS_FILE: folder.write('brought.json', someSecrets) });
    expect(settings.secrets).toEqual(someSecrets);
    expect(lines).toEqual([]);
    expect(readdirSync(folder.path)).not.toContain('brought');
  });

  test('lets a secret that is brought win over the generated one', () => {
    const { settings } = start('mixed', { LOOKUP_KEY: someSecrets.lookupKey });
    expect(settings.secrets.lookupKey).toBe(someSecrets.lookupKey);
    expect(settings.secrets.subjectKey).not.toBe(someSecrets.subjectKey);
  });

  test('writes nothing for a database in memory', () => {
    expect(folder.load({ DATABASE_URL: 'sqlite::memory:' }).secrets.sealingKeys).toHaveLength(1);
    expect(readdirSync(folder.path)).not.toContain('data');
  });

  test('generates nothing while another setting is wrong', () => {
    expect(folder.problems({ DATABASE_URL: 'sqlite:wrong/latchkey.db', PORT: 'x' })).toHaveLength(1);
    expect(readdirSync(folder.path)).not.toContain('wrong');
  });
});

test.each(['taken/data', '/proc/nope/data'])('a folder that can’t be made is the one thing that is said: %s', (place) => {
  folder.write('taken', 'a file, and no folder');
  const words = /^secrets \(\/.*\/data\/secrets\.json\): can't be kept there \(E[A-Z]+\)$/;
  expect(folder.problems({ DATABASE_URL: `sqlite:${place}/latchkey.db` })).toEqual([expect.stringMatching(words)]);
});

describe('later starts', () => {
  test('read the same secrets, and say nothing', () => {
    const first = start('later').settings;
    const { settings, lines } = start('later');
    expect(settings.secrets).toEqual(first.secrets);
    expect(lines).toEqual([]);
  });

  test('close a file that others could read, and say so', () => {
    const { file } = start('loose');
    chmodSync(file, 0o644);
    expect(start('loose').lines).toEqual([expect.stringContaining('could be read by other users')]);
    expect(modeOf(file)).toBe('600');
  });

  test('stop at a damaged file instead of making new secrets', () => {
    const file = folder.write('damaged/secrets.json', '{');
    expect(folder.problems({ DATABASE_URL: 'sqlite:damaged/latchkey.db' })).toEqual([
      expect.stringMatching(/^secrets: is not valid JSON \(.+\): /),
    ]);
    expect(folder.problems({ DATABASE_URL: 'sqlite:damaged/latchkey.db' })[0]).toMatch(new RegExp(`[^/]+: ${file}$`));
    expect(readFileSync(file, 'utf8')).toBe('{');
  });

  test('stop at a secret that is wrong in the file, and say nothing else of it', () => {
    const file = folder.write('wrong/secrets.json', { ...someSecrets, sealingKeys: [{ id: 'x', key: 'abc' }] });
    expect(folder.problems({ DATABASE_URL: 'sqlite:wrong/latchkey.db' })).toEqual([
      expect.stringMatching(new RegExp(`^secrets\\.sealingKeys \\(${file}\\): .*must be at least 32 random bytes`)),
    ]);
  });

  test('stop at a file that lacks a secret, and name it', () => {
    const { lookupKey: _, ...rest } = someSecrets;
    const file = folder.write('lacking/secrets.json', rest);
    expect(folder.problems({ DATABASE_URL: 'sqlite:lacking/latchkey.db' })).toEqual([`secrets.lookupKey (${file}): is missing`]);
  });
});
