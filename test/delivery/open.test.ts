import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeliveryLine } from '../../src/delivery/courier.ts';
import { type Delivery, type DeliverySettings, openDelivery } from '../../src/delivery/open.ts';
import type { Channel, Outcome } from '../../src/delivery/port.ts';
import { direction, translator } from '../../src/locales/index.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { startTwilioApi, type TwilioApi } from '../helpers/twilio-api.ts';

const addresses = { email: 'jane.doe@example.com', sms: '+447123456789' };

let mail: MailServer;
let api: TwilioApi;
let log: DeliveryLine[];
let opened: Delivery[];

beforeEach(async () => {
  [mail, api, log, opened] = [await startMailServer(), await startTwilioApi(), [], []];
});

afterEach(async () => {
  for (const delivery of opened) delivery.close();
  await mail.close();
  await api.close();
});

const open = (settings: Partial<DeliverySettings> = {}): Delivery => {
  const delivery = openDelivery({
    settings: {
      email: 'smtp',
      sms: 'twilio',
      timeoutSeconds: 20,
      outboxSize: 10,
      smtpUrl: mail.url,
      from: 'Latchkey <no-reply@id.example.com>',
      twilioAccountSid: api.accountSid,
      twilioAuthToken: api.authToken,
      twilioFrom: '+15550100',
      twilioApiUrl: api.url,
      ...settings,
    },
    branding: { name: 'Latchkey' },
    issuer: 'https://id.example.com',
    translator,
    direction,
    now: Date.now,
    log: (line) => log.push(line),
  });
  opened.push(delivery);
  return delivery;
};

/** Seconds to wait where the far side is silent: many times what a request takes on a busy machine. */
const patience = 3;

const send = ({ courier }: Delivery, channel: Channel, locale = 'en') =>
  new Promise<Outcome>((onOutcome) =>
    courier.send({
      channel,
      to: addresses[channel],
      locale,
      content: { kind: 'code', code: '012345', clientName: 'Example Shop', expiresInSeconds: 600 },
      expiresAt: Date.now() + 600_000,
      onOutcome,
    }),
  );

test('a code arrives by email, in the language asked for', async () => {
  expect(await send(open(), 'email', 'ar')).toBe('sent');
  const received = await mail.next(addresses.email);
  expect(received.subject).toMatch(/^012345 /);
  expect(received.html).toContain('dir="rtl"');
});

test('a code arrives by text, with the origin-bound line last', async () => {
  expect(await send(open(), 'sms')).toBe('sent');
  expect((await api.next(addresses.sms)).text).toMatch(/^012345 [^]*\n@id\.example\.com #012345$/);
});

describe('one send never makes two texts where the first may have left', () => {
  test.each([
    ['an answer of 500', { status: 500 }],
    ['a connection reset', 'reset'],
    ['silence', 'silence'],
  ] as const)('%s: unknown, one request', async (_what, answer) => {
    api.script(answer);
    expect(await send(open({ timeoutSeconds: patience }), 'sms')).toBe('unknown');
    expect(api.requests).toHaveLength(1);
  });

  test.each([
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['503', { status: 503 }],
  ] as const)('%s: tried once more, one text', async (_what, answer) => {
    api.script(answer);
    expect(await send(open(), 'sms')).toBe('sent');
    expect(api.requests).toHaveLength(2);
    expect(api.texts).toHaveLength(1);
  });

  test('503 twice: failed', async () => {
    api.script({ status: 503 }, { status: 503 });
    expect(await send(open(), 'sms')).toBe('failed');
    expect(api.requests).toHaveLength(2);
  });

  test('400: refused, one request', async () => {
    api.script('refuse');
    expect(await send(open(), 'sms')).toBe('refused');
    expect(api.requests).toHaveLength(1);
  });

  test('an API that is down: failed', async () => {
    expect(await send(open({ twilioApiUrl: 'http://127.0.0.1:1' }), 'sms')).toBe('failed');
  });
});

describe('one send never makes two emails where the first may have left', () => {
  test.each(['drop_after_data', 'silence_after_data'] as const)('%s: unknown, one message', async (answer) => {
    mail.script(answer);
    expect(await send(open({ timeoutSeconds: patience }), 'email')).toBe('unknown');
    expect(mail.received).toHaveLength(1);
    expect(mail.transactions).toBe(1);
  });

  test.each(['drop', 'busy'] as const)('%s: tried once more, one message', async (answer) => {
    mail.script(answer);
    expect(await send(open(), 'email')).toBe('sent');
    expect(mail.received).toHaveLength(1);
  });

  test('a refused recipient: refused, one try', async () => {
    mail.script('refuse');
    expect(await send(open(), 'email')).toBe('refused');
    expect(mail.transactions).toBe(1);
  });
});

test('what is logged holds no address, no code and no token', async () => {
  api.script('refuse', { status: 500 });
  mail.script('refuse');
  const delivery = open();
  for (const channel of ['sms', 'sms', 'email'] as const) await send(delivery, channel);
  expect(log).toEqual([
    { driver: 'twilio', channel: 'sms', outcome: 'refused', reason: 'twilio 400 21211' },
    { driver: 'twilio', channel: 'sms', outcome: 'unknown', reason: 'twilio 500' },
    { driver: 'smtp', channel: 'email', outcome: 'refused', reason: 'smtp EENVELOPE 550' },
  ]);
});

test('the outbox keeps what its channels would have sent, and is not there when none uses it', async () => {
  const delivery = open({ email: 'outbox', sms: 'outbox' });
  await send(delivery, 'email');
  await send(delivery, 'sms');
  expect(delivery.outbox!.list().map(({ channel }) => channel)).toEqual(['email', 'sms']);
  expect(delivery.outbox!.list(addresses.sms)[0]!.text).toContain('012345');
  expect(open().outbox).toBeUndefined();
});

test('a vendor without its credentials stops the start', () => {
  expect(() => open({ smtpUrl: undefined })).toThrow('delivery.smtpUrl is not set');
  expect(() => open({ twilioAuthToken: undefined })).toThrow('delivery.twilioAuthToken is not set');
});
