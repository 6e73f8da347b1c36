// What stops a start: everything at once, each thing by its name, and never a secret's value.
import { describe, expect, test } from '@jest/globals';
import { makeFolder, productionEnv, someSecrets } from './folder.ts';

const folder = makeFolder();
const memory = { DATABASE_URL: 'sqlite::memory:' };

describe('every problem is told at once', () => {
  test('with the name of the setting and of its source', () => {
    const file = folder.write('config.json', { codes: { lifeSeconds: 30 } });
    const env = { PORT: 'http', LOG_LEVEL: 'loud', REDIS_URL: 'localhost', TRUSTED_PROXIES: '10.0.0.1,proxy', CONFIG_FILE: 'config.json' };
    const clients = { CLIENTS_FILE: 'missing.json', METRICS_TOKEN: 'x', ISSUER: 'http://id.example.com' };
    expect(folder.problems({ ...env, ...clients })).toEqual([
      'server.port (PORT): must be a whole number from 0 to 65535',
      'server.trustedProxies (TRUSTED_PROXIES): entry 2 ("proxy"): must be an IP address or a CIDR range',
      'server.metricsToken (METRICS_TOKEN): must be a text of 16 characters or more',
      'log.level (LOG_LEVEL): must be one of fatal, error, warn, info, debug, trace, silent',
      'redis.url (REDIS_URL): must start with redis://, redis+cluster:// or redis+sentinel:// (rediss for TLS)',
      `codes.lifeSeconds (CONFIG_FILE ${file}): must be a whole number from 120 to 600`,
      'server.issuer (ISSUER): must be https; http is for loopback names only, like localhost',
      `clients.file (CLIENTS_FILE): there is no such file: ${folder.path}/missing.json`,
    ]);
  });

  test('in one message that counts them', () => {
    expect(() => folder.load({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/^2 settings need attention.*\n {2}- server\.port/);
    expect(() => folder.load({ PORT: 'x' })).toThrow(/^One setting needs attention/);
  });
});

describe('unknown names are refused', () => {
  test.each([
    [{ code: {} }, 'code', 'codes'],
    [{ lifeSeconds: 300 }, 'lifeSeconds', 'codes.lifeSeconds'],
    [{ codes: { lifeSecond: 300 } }, 'codes.lifeSecond', 'codes.lifeSeconds'],
    [{ sending: { gapSeconds: [1] } }, 'sending.gapSeconds', 'sending.gapsSeconds'],
  ])('%j: did you mean …?', (content, name, meant) => {
    const file = folder.write('unknown.json', content);
    expect(folder.problems({ CONFIG_FILE: file })).toEqual([`${name} (CONFIG_FILE ${file}): is not a setting; did you mean ${meant}?`]);
  });

  test('without a guess where nothing is near', () => {
    const file = folder.write('unknown.json', { zebra: 1 });
    expect(folder.problems({ CONFIG_FILE: file })).toEqual([`zebra (CONFIG_FILE ${file}): is not a setting`]);
  });

  test('inside a secret too', () => {
    const [ring] = someSecrets.sealingKeys;
    const problems = folder.problems({ ...memory, SEALING_KEYS: JSON.stringify([{ ...ring, note: 'x' }]) });
    expect(problems).toEqual(['secrets.sealingKeys (SEALING_KEYS): entry 1: unrecognized key: "note"']);
  });
});

describe('files', () => {
  test.each(['CONFIG_FILE', 'SECRETS_FILE'])('%s that is missing is named', (variable) => {
    expect(folder.problems({ ...memory, [variable]: 'none.json' })).toEqual([
      `${variable}: there is no such file: ${folder.path}/none.json`,
    ]);
  });

  test.each([
    ['{ "codes": ', /^CONFIG_FILE: is not valid JSON.*: .*broken\.json$/],
    ['[1]', /^CONFIG_FILE: must hold a JSON object/],
    ['{ "codes": 5 }', /^codes \(CONFIG_FILE .*\): must be an object of settings$/],
  ])('a CONFIG_FILE of %s is refused', (content, problem) => {
    expect(folder.problems({ CONFIG_FILE: folder.write('broken.json', content) })).toEqual([expect.stringMatching(problem)]);
  });

  const client = { client_id: 'a', token_endpoint_auth_method: 'none', redirect_uris: ['https://a.example/'] };
  test.each([
    [client, 'must hold a JSON array of clients'],
    [[client, { client_name: 'B' }], 'client 2 has no client_id'],
    [[client, client], 'the client_id a is there twice'],
    [[{ ...client, redirect_uri: [] }], 'client a: redirect_uri: is not client metadata; did you mean redirect_uris?'],
    [
      [{ ...client, redirect_uris: ['https://*.a.example/'] }],
      'client a: redirect_uris[1]: must be one exact URL: nothing stands for others',
    ],
    [[{ ...client, redirect_uris: ['com.example.a:/'] }], 'client a: redirect_uris: may only use other schemes than http and https'],
    [[{ ...client, token_endpoint_auth_method: 'client_secret_post' }], 'client a: client_secret: is required for client_secret_post'],
    [[{ ...client, token_endpoint_auth_method: 'private_key_jwt' }], 'client a: jwks: is required for private_key_jwt'],
    [[{ ...client, client_secret: 'x'.repeat(43) }], 'client a: client_secret: has no use where'],
    [[{ ...client, client_name: 'A\u202e' }], 'client a: client_name: must not hold invisible characters'],
    [[{ ...client, consent: 'none' }], 'client a: consent: invalid option'],
  ])('a CLIENTS_FILE of %j is refused', (content, words) => {
    const file = folder.write('clients.json', content);
    const said = folder.problems({ ...memory, CLIENTS_FILE: file });
    expect(said).toEqual([expect.stringMatching(/^clients\.file \(CLIENTS_FILE\): .*clients\.json$/)]);
    expect(said[0]).toContain(`: ${words}`);
  });

  test('all that is wrong with all clients is said at once, and no secret is repeated', () => {
    const short = { client_id: 'b', redirect_uris: ['https://b.example/#x'], client_secret: 'hunter2' };
    const file = folder.write('clients.json', [{ client_id: 'a', redirect_uris: [] }, short]);
    const said = folder.problems({ ...memory, CLIENTS_FILE: file });
    expect(said.map((each) => /client (\w: [\w[\]]+)/.exec(each)?.[1])).toEqual([
      'a: client_secret',
      'a: redirect_uris',
      'b: client_secret',
      'b: redirect_uris[1]',
    ]);
    expect(said.join('\n')).not.toContain('hunter2');
  });

  test('an empty file of a secret is refused', () => {
    const file = folder.write('empty', '\n');
    expect(folder.problems({ ...memory, SMTP_URL_FILE: file })).toEqual([`delivery.smtpUrl (SMTP_URL_FILE): is empty: ${file}`]);
  });
});

describe('secrets', () => {
  const secret = 'correct-horse-battery-staple';

  test('given in two ways are refused', () => {
    const url = folder.write('url', 'smtp://localhost');
    const all = folder.write('all.json', { lookupKey: someSecrets.lookupKey });
    const env = { ...memory, SMTP_URL: 'smtp://localhost', SMTP_URL_FILE: url, LOOKUP_KEY: someSecrets.lookupKey, SECRETS_FILE: all };
    expect(folder.problems(env)).toEqual([
      'delivery.smtpUrl (SMTP_URL, SMTP_URL_FILE): is given twice; keep one',
      'secrets.lookupKey (LOOKUP_KEY, SECRETS_FILE): is given twice; keep one',
    ]);
  });

  test('never show in a problem, however they are wrong', () => {
    const broken = folder.write('broken-secrets.json', `{ "lookupKey": ${secret} }`);
    const wrong = { SMTP_URL: secret, REDIS_URL: secret, DATABASE_URL: secret, SEALING_KEYS: secret, LOOKUP_KEY: `${secret}!` };
    const nested = {
      CODE_PEPPERS: JSON.stringify([{ id: secret.toUpperCase(), key: secret }]),
      SIGNING_KEYS: JSON.stringify({ keys: secret }),
    };
    const problems = folder.problems({ ...productionEnv, ...wrong, ...nested, COOKIE_KEYS: `["${secret}"]`, SECRETS_FILE: broken });
    expect(problems.length).toBeGreaterThanOrEqual(9);
    expect(problems.join('\n').toLowerCase()).not.toContain(secret);
  });

  test.each([
    ['a public key', (keys: Record<string, unknown>[]) => keys.map(({ d: _, ...rest }) => rest), /must be a private key/],
    ['a repeated kid', (keys: Record<string, unknown>[]) => keys.map((key) => ({ ...key, kid: 'same' })), /must not repeat a kid/],
    ['a wrong alg', (keys: Record<string, unknown>[]) => keys.map((key) => ({ ...key, alg: 'RS256' })), /must be a private key that fits/],
  ])('signing keys with %s are refused', (_, spoil, words) => {
    const problems = folder.problems({ ...memory, SIGNING_KEYS: JSON.stringify({ keys: spoil(someSecrets.signingKeys.keys) }) });
    expect(problems.join('\n')).toMatch(words);
  });
});
