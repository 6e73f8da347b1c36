// What is said of settings: each has a sentence and a name of its own, the document is current, the examples load.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentSettings } from '../../src/config/document.ts';
import { listSettings, pathOf } from '../../src/config/list.ts';
import { makeFolder, productionEnv } from './folder.ts';

const root = join(import.meta.dirname, '../..');
const folder = makeFolder();

describe('every setting', () => {
  test.each(listSettings().map((info) => [pathOf(info), info] as const))('%s is explained in a sentence', (_, { description }) => {
    expect(description).toMatch(/^[A-Z`].+[.)]$/);
  });

  test('has an environment variable of its own, if any', () => {
    const variables = listSettings().flatMap(({ env, secret }) => (env ? [env, ...(secret ? [`${env}_FILE`] : [])] : []));
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).not.toContain('CONFIG_FILE');
    expect(variables).not.toContain('SECRETS_FILE');
  });

  test('that is a secret can come as a file, so it has a variable', () => {
    const secrets = listSettings().filter(({ secret }) => secret);
    expect(secrets.length).toBeGreaterThan(8);
    expect(secrets.filter(({ env }) => !env)).toEqual([]);
  });
});

test('docs/configuration.md is current (`npm run docs`)', () => {
  expect(readFileSync(join(root, 'docs/configuration.md'), 'utf8')).toBe(documentSettings());
});

describe('config/', () => {
  test('the development profile registers the example app', () => {
    const { clients } = folder.load({ DATABASE_URL: 'sqlite::memory:' });
    expect(clients.registered).toEqual([
      expect.objectContaining({ client_id: 'example', redirect_uris: ['http://127.0.0.1:3001/callback'] }),
    ]);
  });

  test('with another port the example app is beside that one, for every command', () => {
    const [example] = folder.load({ DATABASE_URL: 'sqlite::memory:', PORT: '3300' }).clients.registered;
    expect(example).toMatchObject({
      redirect_uris: ['http://127.0.0.1:3301/callback'],
      post_logout_redirect_uris: ['http://127.0.0.1:3301/'],
    });
  });

  test('the example app is left out where FAPI 2.0 is asked for, and another file of clients is not', () => {
    const lines: string[] = [];
    const options = { notice: (line: string) => void lines.push(line) };
    const env = { DATABASE_URL: 'sqlite::memory:', PROFILE: 'fapi2' };
    expect(folder.load(env, options).clients.registered).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/^The example app is left out/)]);
    const file = folder.write('own.json', [{ client_id: 'a', token_endpoint_auth_method: 'none', redirect_uris: ['https://a.example/'] }]);
    expect(folder.load({ ...env, CLIENTS_FILE: file }, options).clients.registered).toHaveLength(1);
    expect(lines).toHaveLength(1);
  });

  test('the test profile keeps quiet, and everything in memory', () => {
    expect(folder.load({ NODE_ENV: 'test' })).toMatchObject({ log: { level: 'silent' }, database: { url: 'sqlite::memory:' } });
  });

  test('production.example and clients.example load, secrets being brought', () => {
    const { ISSUER: _, ...env } = productionEnv;
    const settings = folder.load({ ...env, CONFIG_FILE: join(root, 'config/production.example.json') });
    expect(settings.server.issuer).toBe('https://id.example.com');
    expect(settings.clients.registered.map((client) => [client.client_id, client['token_endpoint_auth_method']])).toEqual([
      ['shop', 'client_secret_basic'],
      ['dashboard', 'none'],
      ['shop-app', 'none'],
      ['help-desk', undefined],
    ]);
  });
});
