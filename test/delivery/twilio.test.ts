import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Driver, Message } from '../../src/delivery/port.ts';
import { createTwilio, type TwilioOptions } from '../../src/delivery/twilio.ts';
import { startTwilioApi, type TwilioApi, type TwilioAnswer } from '../helpers/twilio-api.ts';

const to = '+447123456789';
const message: Message = { channel: 'sms', to, text: '123456 is your code.\n\n@id.example.com #123456', expiresInSeconds: 590 };

let api: TwilioApi;
/** Milliseconds: of an API that answers, and of one that says nothing. */
const [patience, impatience] = [20_000, 2000];
const open = (options: Partial<TwilioOptions> = {}): Driver =>
  createTwilio({
    accountSid: api.accountSid,
    authToken: api.authToken,
    from: '+15550100',
    apiUrl: api.url,
    timeoutMs: patience,
    ...options,
  });

beforeEach(async () => {
  api = await startTwilioApi();
});

afterEach(() => api.close());

describe('a text', () => {
  test("is one request to Twilio's API, signed with the account's token", async () => {
    expect(await open().deliver(message)).toEqual({ status: 'sent' });
    expect(api.requests).toEqual([
      {
        method: 'POST',
        path: `/2010-04-01/Accounts/${api.accountSid}/Messages.json`,
        user: api.accountSid,
        password: api.authToken,
        form: { To: to, From: '+15550100', Body: message.text, ValidityPeriod: '590' },
      },
    ]);
    expect((await api.next(to)).text).toBe(message.text);
  });

  test('leaves through the messaging service where there is one', async () => {
    await open({ messagingServiceSid: 'MG123' }).deliver(message);
    expect(api.requests[0]!.form).toMatchObject({ MessagingServiceSid: 'MG123' });
    expect(api.requests[0]!.form).not.toHaveProperty('From');
  });

  test('keeps the path of another base URL in front', async () => {
    await open({ apiUrl: `${api.url}/sms/` }).deliver(message);
    expect(api.requests[0]!.path).toMatch(/^\/sms\/2010-04-01\//);
  });
});

describe('what Twilio answers', () => {
  const cases: [string, TwilioAnswer, object][] = [
    ['400 is refused', 'refuse', { status: 'refused', reason: 'twilio 400 21211' }],
    ['401 is refused', { status: 401, body: { code: 20003, message: 'Authenticate' } }, { status: 'refused', reason: 'twilio 401 20003' }],
    [
      '429 is busy for as long as it says',
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 'busy', reason: 'twilio 429', retryAfterSeconds: 7 },
    ],
    ['429 without a word is busy', { status: 429 }, { status: 'busy', reason: 'twilio 429' }],
    ['503 is busy', { status: 503 }, { status: 'busy', reason: 'twilio 503' }],
    ['500 is unknown', { status: 500 }, { status: 'unknown' }],
    ['an answer that chats is not repeated', { status: 422, body: { code: `no ${to}` } }, { status: 'refused', reason: 'twilio 422' }],
    ['502 with a page instead of JSON is unknown', { status: 502, body: '<html>' }, { status: 'unknown' }],
    ['a redirect is not followed: unknown', { status: 307, headers: { location: '/elsewhere' } }, { status: 'unknown' }],
    ['silence is unknown', 'silence', { status: 'unknown' }],
    ['a connection reset is unknown', 'reset', { status: 'unknown' }],
  ];

  test.each(cases)('%s, after exactly one request', async (_law, answer, expected) => {
    api.script(answer);
    const before = Date.now();
    const result = await open(answer === 'silence' ? { timeoutMs: impatience } : {}).deliver(message);
    expect(result).toMatchObject(expected);
    expect(Date.now() - before).toBeLessThan(patience / 2);
    expect(api.requests).toHaveLength(1);
    expect(JSON.stringify(result)).not.toMatch(/447123|123456/);
  });

  test('a Retry-After that is a date counts in seconds from now', async () => {
    api.script({ status: 503, headers: { 'retry-after': new Date(Date.now() + 10_000).toUTCString() } });
    const { retryAfterSeconds } = (await open().deliver(message)) as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(8);
    expect(retryAfterSeconds).toBeLessThanOrEqual(10);
  });
});

test.each([
  ['down', 'http://127.0.0.1:1'],
  ['down on both of its addresses', 'http://localhost:1'],
  ['unknown to DNS', 'http://twilio.invalid'],
])('an API that is %s did not send it', async (_why, apiUrl) => {
  expect((await open({ apiUrl }).deliver(message)).status).toBe('not_sent');
});

test('no connection is kept that could break under the next text', async () => {
  const driver = open();
  await driver.deliver(message);
  await driver.deliver(message);
  expect(api.connections).toBe(2);
});
