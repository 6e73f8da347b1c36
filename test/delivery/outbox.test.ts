import { expect, test } from '@jest/globals';
import { createOutbox } from '../../src/delivery/outbox.ts';

const fill = async (size: number, tos: string[]) => {
  const { driver, outbox } = createOutbox({ size, now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  for (const to of tos) {
    const channel = to.includes('@') ? 'email' : 'sms';
    await driver(channel).deliver({ channel, to, text: `for ${to}` });
  }
  return outbox;
};

test('the outbox keeps the last messages, oldest first', async () => {
  const outbox = await fill(2, ['a@example.com', '+447123456789', 'b@example.com']);
  expect(outbox.list().map(({ to }) => to)).toEqual(['+447123456789', 'b@example.com']);
});

test('an entry tells all there is to tell', async () => {
  const { driver, outbox } = createOutbox({ size: 5, now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  await driver('email').deliver({ channel: 'email', to: 'Jane@Example.com', subject: 's', text: 't', html: '<p>h' });
  const [entry] = outbox.list();
  expect(entry).toEqual({
    id: expect.any(String),
    channel: 'email',
    to: 'Jane@Example.com',
    subject: 's',
    text: 't',
    html: '<p>h',
    sentAt: '2026-01-02T03:04:05.000Z',
  });
});

test('an email address is found in any case', async () => {
  const outbox = await fill(5, ['Jane.Doe@Example.com', 'other@example.com']);
  expect(outbox.list('jane.doe@EXAMPLE.com')).toHaveLength(1);
});

test('a number is found with its plus, without it, and with the space that a query makes of it', async () => {
  const outbox = await fill(5, ['+447123456789', '+447123456780']);
  for (const to of ['+447123456789', ' 447123456789', '447123456789', '+44 7123 456789']) expect(outbox.list(to)).toHaveLength(1);
});

test('an address that got nothing has an empty list', async () => {
  const outbox = await fill(5, ['+447123456789', 'jane@example.com']);
  for (const to of ['nobody@example.com', '+447', '']) expect(outbox.list(to)).toEqual([]);
});
