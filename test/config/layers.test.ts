// Where settings come from, and which source wins.
import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { makeFolder, productionEnv, someSecrets } from './folder.ts';

const folder = makeFolder();
const memory = { DATABASE_URL: 'sqlite::memory:' };

describe('sources', () => {
  test('with nothing set, development runs on localhost with an embedded store and an outbox', () => {
    const settings = folder.load();
    expect(settings).toMatchObject({
      mode: 'development',
      dataFolder: join(folder.path, 'data'),
      database: { url: `sqlite:${join(folder.path, 'data/latchkey.db')}` },
      server: { port: 3000, issuer: 'http://localhost:3000' },
      delivery: { email: 'outbox', sms: 'outbox' },
    });
  });

  test('the environment wins over CONFIG_FILE, which wins over the profile', () => {
    const profiles = join(folder.path, 'profiles');
    folder.write('profiles/development.json', { log: { level: 'debug' }, codes: { lifeSeconds: 500 }, server: { port: 1 } });
    folder.write('config.json', { codes: { lifeSeconds: 400 }, server: { port: 2 } });
    const settings = folder.load({ ...memory, CONFIG_FILE: 'config.json', PORT: '4000' }, { profiles });
    expect([settings.log.level, settings.codes.lifeSeconds, settings.server.port]).toEqual(['debug', 400, 4000]);
  });

  test('PROFILE lays a set of settings over the mode’s profile, and CONFIG_FILE is laid over both', () => {
    const settings = folder.load({ ...memory, PROFILE: 'fapi2' });
    expect([settings.protocol.profile, settings.signingKeys.algorithms]).toEqual(['fapi2', ['ES256']]);
    folder.write('own.json', { lifetimes: { authorizationCodeSeconds: 30 } });
    expect(folder.load({ ...memory, PROFILE: 'fapi2', CONFIG_FILE: 'own.json' }).lifetimes.authorizationCodeSeconds).toBe(30);
    expect(folder.problems({ PROFILE: 'fapi1' })).toEqual(['PROFILE: must be fapi2, or left out']);
  });

  test('overrides win over everything, and the issuer follows the port', () => {
    const settings = folder.load({ ...memory, PORT: '0' }, { overrides: { server: { port: 4567 } } });
    expect(settings.server).toMatchObject({ port: 4567, issuer: 'http://localhost:4567' });
  });

  test('the mode is what NODE_ENV says, unless the caller says otherwise', () => {
    expect(folder.load({ NODE_ENV: 'test' }).mode).toBe('test');
    expect(folder.load({ NODE_ENV: 'production', ...memory }, { mode: 'test' }).mode).toBe('test');
    expect(folder.problems({ NODE_ENV: 'staging' })).toEqual(['NODE_ENV: must be development, test or production']);
  });

  test('files that a JSON file names are beside it; those that the environment names are in the working directory', () => {
    const client = (id: string) => ({ client_id: id, token_endpoint_auth_method: 'none', redirect_uris: ['https://a.example/'] });
    folder.write('etc/apps.json', [{ ...client('a'), logo: 'a.png' }]);
    folder.write('etc/config.json', { clients: { file: 'apps.json' } });
    folder.write('apps.json', [client('b')]);
    expect(folder.load({ ...memory, CONFIG_FILE: 'etc/config.json' }).clients.registered).toEqual([
      { ...client('a'), logo: `${folder.path}/etc/a.png` },
    ]);
    expect(folder.load({ ...memory, CLIENTS_FILE: 'apps.json' }).clients.registered).toEqual([client('b')]);
  });

  test('settings are frozen all the way down', () => {
    const settings = folder.load(memory);
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.secrets.signingKeys?.keys[0])).toBe(true);
    expect(() => settings.sending.gapsSeconds.push(1)).toThrow(TypeError);
  });
});

describe('environment variables', () => {
  test('are read as the type that the setting has', () => {
    const env = { ...productionEnv, PORT: '8080', TRUSTED_PROXIES: '10.0.0.0/8, ::1', LOG_LEVEL: 'warn' };
    expect(folder.load(env)).toMatchObject({
      server: { port: 8080, trustedProxies: ['10.0.0.0/8', '::1'] },
      log: { level: 'warn' },
      secrets: { ...someSecrets },
    });
  });

  test('that are empty count as not set', () => {
    expect(folder.load({ ...memory, PORT: '', SMTP_URL: '' })).toMatchObject({ server: { port: 3000 }, delivery: { email: 'outbox' } });
  });

  test('may name a file for each secret, and its last newline is no part of it', () => {
    folder.write('smtp-url', 'smtp://user:word@mail.example.com\n');
    const settings = folder.load({ ...memory, SMTP_URL_FILE: 'smtp-url' });
    expect(settings.delivery).toMatchObject({ email: 'smtp', smtpUrl: 'smtp://user:word@mail.example.com' });
  });

  test('may name one file for all secrets', () => {
    folder.write('secrets.json', someSecrets);
    const { NODE_ENV, ISSUER, SMTP_URL } = productionEnv;
    expect(folder.load({ NODE_ENV, ISSUER, SMTP_URL, SECRETS_FILE: 'secrets.json' }).secrets).toEqual(someSecrets);
  });
});

describe('vendors', () => {
  test('are chosen by the credentials that are set', () => {
    const twilio = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+15005550006' };
    expect(folder.load({ ...memory, SMTP_URL: 'smtp://localhost', ...twilio }).delivery).toMatchObject({ email: 'smtp', sms: 'twilio' });
  });

  test('production runs without texts', () => {
    expect(folder.load(productionEnv).delivery).toMatchObject({ email: 'smtp', sms: 'none' });
  });

  test('the outbox can be kept beside credentials in development', () => {
    folder.write('outbox.json', { delivery: { email: 'outbox' } });
    const settings = folder.load({ ...memory, SMTP_URL: 'smtp://localhost', CONFIG_FILE: 'outbox.json' });
    expect(settings.delivery.email).toBe('outbox');
  });
});
