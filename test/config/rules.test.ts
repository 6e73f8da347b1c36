// What holds between settings, and what production demands.
import { describe, expect, test } from '@jest/globals';
import { makeFolder, productionEnv } from './folder.ts';

const folder = makeFolder();
const memory = { DATABASE_URL: 'sqlite::memory:' };

describe('production', () => {
  test('starts with an issuer, secrets and a mail server', () => {
    expect(folder.problems(productionEnv)).toEqual([]);
  });

  test('says all that it misses', () => {
    const generate = 'is missing; `latchkey secrets generate --out secrets.json` makes a whole set for SECRETS_FILE';
    expect(folder.problems({ NODE_ENV: 'production' })).toEqual([
      'server.issuer (ISSUER): is required in production, like https://id.example.com',
      'delivery.smtpUrl (SMTP_URL): is required in production',
      `secrets.sealingKeys (SEALING_KEYS): ${generate}`,
      `secrets.codePeppers (CODE_PEPPERS): ${generate}`,
      `secrets.cookieKeys (COOKIE_KEYS): ${generate}`,
      `secrets.lookupKey (LOOKUP_KEY): ${generate}`,
      `secrets.subjectKey (SUBJECT_KEY): ${generate}`,
    ]);
  });

  test.each([
    [{ email: 'outbox' }, 'delivery.email'],
    [{ sms: 'outbox' }, 'delivery.sms'],
  ])('refuses the outbox: %j', (delivery, name) => {
    const file = folder.write('outbox.json', { delivery });
    expect(folder.problems({ ...productionEnv, CONFIG_FILE: file })).toEqual([
      expect.stringMatching(new RegExp(`^${name} \\(CONFIG_FILE .*the outbox shows codes`)),
    ]);
  });
});

describe('the issuer', () => {
  test.each(['https://id.example.com', 'http://localhost:3000', 'http://id.localhost', 'http://127.0.0.1:8080', 'http://[::1]:3000'])(
    'may be %s',
    (ISSUER) => {
      expect(folder.load({ ...memory, ISSUER }).server.issuer).toBe(ISSUER);
    },
  );

  test.each([
    'http://id.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'https://id.example.com/',
    'https://id.example.com/path',
    'https://id.example.com?a',
    'https://ID.example.com',
    'https://id.example.com:443',
    'https://user@id.example.com',
    'ftp://id.example.com',
    'id.example.com',
  ])('may not be %s', (ISSUER) => {
    expect(folder.problems({ ...memory, ISSUER })).toEqual([expect.stringMatching(/^server\.issuer \(ISSUER\): must be/)]);
  });
});

test('a port that belongs to the scheme is the reason why an issuer is refused, and never in our own', () => {
  const words = 'server.issuer (ISSUER): must be without the port, which http (80) and https (443) have anyway: browsers leave it out';
  for (const ISSUER of ['http://localhost:80', 'https://id.example.com:443'])
    expect(folder.problems({ ...memory, ISSUER })).toEqual([words]);
  expect(folder.load({ ...memory, PORT: '80' }).server.issuer).toBe('http://localhost');
  expect(folder.load({ ...memory, PORT: '443' }).server.issuer).toBe('http://localhost:443');
});

test('a database without a file is told what it may be', () => {
  expect(folder.problems({ DATABASE_URL: 'sqlite:' })).toEqual([
    'database.url (DATABASE_URL): must be sqlite:<file>, mongodb://… or mongodb+srv://…',
  ]);
});

describe('stores', () => {
  test('MongoDB wants Redis beside it', () => {
    const DATABASE_URL = 'mongodb://localhost/latchkey';
    expect(folder.problems({ DATABASE_URL })).toEqual(['redis.url (REDIS_URL): is required beside MongoDB']);
    expect(folder.load({ ...memory, DATABASE_URL, REDIS_URL: 'redis://localhost' }).redis.url).toBe('redis://localhost');
  });

  test.each(['redis://a', 'rediss://u:p@a:1/2', 'redis+cluster://a:1,b:2', 'rediss+sentinel://a:1,b:2/main'])(
    'Redis may be %s',
    (REDIS_URL) => {
      expect(folder.load({ ...memory, REDIS_URL }).redis.url).toBe(REDIS_URL);
    },
  );

  test.each(['localhost:6379', 'http://localhost', 'redis:'])('Redis may not be %s', (REDIS_URL) => {
    expect(folder.problems({ ...memory, REDIS_URL })).toEqual([expect.stringMatching(/^redis\.url \(REDIS_URL\): must start with/)]);
  });
});

describe('Twilio', () => {
  const complete = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+15005550006' };
  const messaging = { ...complete, TWILIO_FROM: '', TWILIO_MESSAGING_SERVICE_SID: 'MG1' };

  test.each([complete, messaging])('is complete with %j', (env) => {
    expect(folder.load({ ...memory, ...env }).delivery.sms).toBe('twilio');
  });

  test.each([
    [{ ...complete, TWILIO_ACCOUNT_SID: '' }, 'delivery.twilioAccountSid (TWILIO_ACCOUNT_SID): is required for Twilio'],
    [{ ...complete, TWILIO_AUTH_TOKEN: '' }, 'delivery.twilioAuthToken (TWILIO_AUTH_TOKEN): is required for Twilio'],
    [
      { ...complete, TWILIO_FROM: '' },
      'delivery.twilioFrom (TWILIO_FROM): is required for Twilio, unless there is delivery.twilioMessagingServiceSid',
    ],
    [
      { ...messaging, ...complete },
      'delivery.twilioFrom (TWILIO_FROM): and delivery.twilioMessagingServiceSid exclude each other; keep one',
    ],
  ])('%j is neither complete nor absent', (env, problem) => {
    expect(folder.problems({ ...memory, ...env })).toEqual([problem]);
  });

  test('a named vendor wants its credentials', () => {
    const file = folder.write('named.json', { delivery: { email: 'smtp', sms: 'twilio' } });
    const problems = folder.problems({ ...memory, CONFIG_FILE: file }).map((problem) => problem.split(' ')[0]);
    expect(problems).toEqual(['delivery.twilioAccountSid', 'delivery.twilioAuthToken', 'delivery.twilioFrom', 'delivery.smtpUrl']);
  });
});

test.each([
  [{ codes: { lifeSeconds: 180 } }, 'codes.renewBelowSeconds'],
  [{ lifetimes: { refreshTokenSeconds: 60 } }, 'lifetimes.refreshTokenIdleSeconds'],
  [{ signingKeys: { cacheSeconds: 86_400 } }, 'signingKeys.publishSeconds'],
  [{ signingKeys: { rotateDays: 1 } }, 'signingKeys.rotateDays'],
  [{ server: { unreadySeconds: 20 } }, 'server.unreadySeconds'],
])('%j contradicts %s', (content, name) => {
  const problems = folder.problems({ ...memory, CONFIG_FILE: folder.write('order.json', content) });
  expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}( \\(.*\\))?: must`))]);
});

test('a half of FAPI 2.0 is refused', () => {
  const file = folder.write('half.json', { lifetimes: { authorizationCodeSeconds: 90 }, signingKeys: { algorithms: ['ES256', 'RS256'] } });
  expect(folder.problems({ ...memory, PROFILE: 'fapi2', CONFIG_FILE: file })).toEqual([
    expect.stringMatching(/^lifetimes.authorizationCodeSeconds .*must not exceed 60 where protocol.profile is fapi2/),
    expect.stringMatching(/^signingKeys.algorithms .*must not hold RS256 where protocol.profile is fapi2/),
  ]);
});
