import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Driver, Message } from '../../src/delivery/port.ts';
import { createSmtp } from '../../src/delivery/smtp.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';

const to = 'jane.doe@example.com';
const message: Message = {
  channel: 'email',
  to,
  subject: '123456 is your code',
  text: '123456\n\nThis is your code.',
  html: '<p>123456</p><p>This is your code.</p>',
};

let mail: MailServer;
let smtp: Driver;
/** Milliseconds: of a server that answers, and of one that says nothing. */
const [patience, impatience] = [10_000, 2000];
const open = (url: string, timeoutMs = patience): Driver => createSmtp({ url, from: 'Latchkey <no-reply@id.example.com>', timeoutMs });

beforeEach(async () => {
  mail = await startMailServer();
  smtp = open(mail.url);
});

afterEach(async () => {
  smtp.close?.();
  await mail.close();
});

describe('an email', () => {
  test('arrives with both parts, from the sender, to one recipient', async () => {
    expect(await smtp.deliver(message)).toEqual({ status: 'sent' });
    const received = await mail.next(to);
    expect(received).toMatchObject({ from: 'no-reply@id.example.com', to, subject: message.subject });
    expect(received.text.trim()).toBe(message.text);
    expect(received.html.trim()).toBe(message.html);
    expect(received.headers.from).toBe('Latchkey <no-reply@id.example.com>');
  });

  test('says that a machine wrote it, and nothing about the machine', async () => {
    await smtp.deliver(message);
    const { headers } = await mail.next(to);
    expect(headers['auto-submitted']).toBe('auto-generated');
    expect(headers['x-auto-response-suppress']).toBe('All');
    expect(headers['message-id']).toMatch(/^<[^@<>\s]+@id\.example\.com>$/);
    expect(Object.keys(headers).toSorted()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
      'x-auto-response-suppress',
    ]);
  });

  test('keeps every script whole', async () => {
    await smtp.deliver({ ...message, subject: '123456 هو رمز Latchkey', text: 'هذا هو رمز Café 👍' });
    const received = await mail.next(to);
    expect(received.subject).toBe('123456 هو رمز Latchkey');
    expect(received.text.trim()).toBe('هذا هو رمز Café 👍');
  });

  test('never lets a line break into its headers', async () => {
    expect(await smtp.deliver({ ...message, subject: 'Hello\r\nBcc: all@evil.example\n\nbody' })).toEqual({ status: 'sent' });
    const { headers, raw } = await mail.next(to);
    expect(headers.bcc).toBeUndefined();
    expect(raw).not.toMatch(/^Bcc:/im);
  });

  test('is refused for an address that would be a header or a second recipient', async () => {
    for (const address of ['a@example.com\r\nBcc: b@evil.example', 'a@example.com>\nRCPT TO:<b@evil.example', '<a@example.com>']) {
      expect(await smtp.deliver({ ...message, to: address })).toMatchObject({ status: 'refused' });
    }
    await smtp.deliver({ ...message, to: 'a@example.com,b@evil.example' });
    expect(mail.received.every((one) => one.to !== 'b@evil.example')).toBe(true);
  });
});

describe('what the server answers', () => {
  test.each([
    ['a refused recipient is refused', 'refuse', 'refused'],
    ['a deferred recipient is busy', 'busy', 'busy'],
    ['a refused message is refused', 'refuse_message', 'refused'],
    ['a connection lost before the message was not sent', 'drop', 'not_sent'],
    ['silence before the message was not sent', 'silence', 'not_sent'],
    ['a connection lost after the message is unknown', 'drop_after_data', 'unknown'],
    ['silence after the message is unknown', 'silence_after_data', 'unknown'],
  ] as const)('%s', async (_law, answer, status) => {
    mail.script(answer);
    const driver = open(mail.url, answer.startsWith('silence') ? impatience : patience);
    const before = Date.now();
    const result = await driver.deliver(message);
    driver.close?.();
    expect(result.status).toBe(status);
    expect(Date.now() - before).toBeLessThan(patience / 2);
    expect(mail.transactions).toBe(1);
    expect(JSON.stringify(result)).not.toMatch(/jane|example\.com|123456/i);
    expect(await smtp.deliver(message)).toEqual({ status: 'sent' });
  });

  test('a connection that died while idle costs nothing but a new one', async () => {
    await smtp.deliver(message);
    const { port } = new URL(mail.url);
    await mail.close();
    mail = await startMailServer({ port: Number(port) });
    const answers = [await smtp.deliver(message), await smtp.deliver(message)];
    expect(answers.filter(({ status }) => status === 'sent')).toHaveLength(mail.received.length);
    expect(answers.at(-1)).toEqual({ status: 'sent' });
  });
});

describe('a server that cannot be reached', () => {
  test.each([
    ['down', 'smtp://127.0.0.1:1'],
    ['unknown to DNS', 'smtp://mail.invalid'],
  ])('%s: not sent', async (_why, url) => {
    expect((await open(url).deliver(message)).status).toBe('not_sent');
  });

  test('one that hangs up at once: not sent, after one connection', async () => {
    let connections = 0;
    const rude = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    const driver = open(`smtp://127.0.0.1:${(rude.address() as AddressInfo).port}`);
    expect((await driver.deliver(message)).status).toBe('not_sent');
    expect(connections).toBe(1);
    driver.close?.();
    rude.close();
  });

  test('silent from the start: not sent, in time', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const driver = open(`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`, impatience);
    const before = Date.now();
    expect((await driver.deliver(message)).status).toBe('not_sent');
    expect(Date.now() - before).toBeLessThan(patience / 2);
    driver.close?.();
    silent.close();
  });
});

test('many emails share a few connections', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => smtp.deliver({ ...message, to: `person-${i}@example.com` })));
  expect(answers.every(({ status }) => status === 'sent')).toBe(true);
  expect(new Set(mail.received.map((one) => one.to)).size).toBe(40);
});
