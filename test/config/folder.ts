// A folder of its own for each test file, and loading settings in it with nothing of this machine's environment.
import { afterAll } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadSettings } from '../../src/config/load.ts';
import type { LoadOptions } from '../../src/config/load.ts';
import { SettingsError } from '../../src/config/problems.ts';
import type { Settings } from '../../src/config/schema/index.ts';
import { generateSecrets } from '../../src/keys/generate.ts';
import { someSigningKeys } from '../helpers/signing-keys.ts';

export function makeFolder() {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));

  return {
    path,
    /** Writes JSON, or text as it is; answers the file's path. */
    write(name: string, content: unknown): string {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
    load: (env: LoadOptions['env'] = {}, options: Partial<LoadOptions> = {}): Settings => loadSettings({ cwd: path, env, ...options }),
    /** What stops the start, line by line; empty where nothing does. */
    problems(env: LoadOptions['env'] = {}, options: Partial<LoadOptions> = {}): readonly string[] {
      try {
        loadSettings({ cwd: path, env, ...options });
        return [];
      } catch (error) {
        if (error instanceof SettingsError) return error.problems;
        throw error;
      }
    },
  };
}

export const someSecrets = { ...generateSecrets(), signingKeys: someSigningKeys };

/** The least that production wants, as environment variables. */
export const productionEnv = {
  NODE_ENV: 'production',
  ISSUER: 'https://id.example.com',
  SMTP_URL: 'smtp://mail.example.com',
  SEALING_KEYS: JSON.stringify(someSecrets.sealingKeys),
  CODE_PEPPERS: JSON.stringify(someSecrets.codePeppers),
  COOKIE_KEYS: JSON.stringify(someSecrets.cookieKeys),
  LOOKUP_KEY: someSecrets.lookupKey,
  SUBJECT_KEY: someSecrets.subjectKey,
  SIGNING_KEYS: JSON.stringify(someSecrets.signingKeys),
};
