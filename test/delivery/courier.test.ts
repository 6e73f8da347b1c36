import { describe, expect, test } from '@jest/globals';
import { createCourier, type DeliveryLine } from '../../src/delivery/courier.ts';
import type { Driver, DriverAnswer, Message, Outcome, Send } from '../../src/delivery/port.ts';

const notSent: DriverAnswer = { status: 'not_sent', reason: 'down' };
const slowlyNotSent: DriverAnswer = { status: 'not_sent', reason: 'timeout' };
const busy = (retryAfterSeconds?: number): DriverAnswer => ({ status: 'busy', reason: 'busy', retryAfterSeconds });
const unknown: DriverAnswer = { status: 'unknown', reason: 'timeout' };
const refused: DriverAnswer = { status: 'refused', reason: 'no' };
const sent: DriverAnswer = { status: 'sent' };

type Script = (DriverAnswer | Error)[];

/** A courier over drivers that answer as told; the clock moves only with its pauses. */
const start = (...scripts: Script[]) => {
  let clock = 1_000_000;
  const attempts: { driver: string; message: Message }[] = [];
  const pauses: number[] = [];
  const log: DeliveryLine[] = [];
  const wait = (ms: number) => void (clock += ms);
  const drivers = scripts.map((script, index): Driver => {
    const name = `vendor-${index + 1}`;
    return {
      name,
      channel: 'sms',
      async deliver(message) {
        attempts.push({ driver: name, message });
        const answer = script.shift() ?? sent;
        wait(answer === slowlyNotSent ? 5_000 : 0);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
  });
  const courier = createCourier({
    drivers: { email: [], sms: drivers },
    render: async ({ to, content }) => {
      if (content.kind !== 'code' || content.code === '') throw new Error('cannot be rendered');
      return { channel: 'sms', to, text: `${content.code} is your code` };
    },
    now: () => clock,
    log: (line) => log.push(line),
    pause: async (ms) => {
      pauses.push(ms);
      wait(ms);
    },
  });
  const send = (given: Partial<Send> = {}, code = '123456') =>
    new Promise<Outcome>((onOutcome) =>
      courier.send({
        channel: 'sms',
        to: '+447123456789',
        locale: 'en',
        content: { kind: 'code', code, expiresInSeconds: 600 },
        expiresAt: clock + 600_000,
        onOutcome,
        ...given,
      }),
    );
  return { courier, send, attempts, pauses, log, now: () => clock };
};

describe('a message leaves at most once', () => {
  test.each([
    ['sent', sent],
    ['refused', refused],
    ['unknown', unknown],
  ] as const)('%s is final: no second try, no second vendor', async (outcome, answer) => {
    const { send, attempts } = start([answer], []);
    expect(await send()).toBe(outcome);
    expect(attempts).toHaveLength(1);
  });

  test('a driver that throws may have sent it: unknown, and never again', async () => {
    const { send, attempts } = start([new Error('bug')], []);
    expect(await send()).toBe('unknown');
    expect(attempts).toHaveLength(1);
  });

  test('what surely did not leave is tried once more', async () => {
    for (const answer of [notSent, busy()]) {
      const { send, attempts, pauses } = start([answer, sent]);
      expect(await send()).toBe('sent');
      expect(attempts).toHaveLength(2);
      expect(pauses).toEqual([500]);
    }
  });

  test('an unknown second try ends it', async () => {
    const { send, attempts } = start([notSent, unknown], []);
    expect(await send()).toBe('unknown');
    expect(attempts).toHaveLength(2);
  });

  test('after two tries the next vendor carries it', async () => {
    const { send, attempts } = start([notSent, busy()], [sent]);
    expect(await send()).toBe('sent');
    expect(attempts.map(({ driver }) => driver)).toEqual(['vendor-1', 'vendor-1', 'vendor-2']);
  });

  test('when every vendor is down, it failed', async () => {
    const { send, attempts } = start([notSent, notSent], [notSent, notSent]);
    expect(await send()).toBe('failed');
    expect(attempts).toHaveLength(4);
  });
});

describe('a vendor that is busy', () => {
  test('is given the time it asks for', async () => {
    const { send, pauses } = start([busy(7), sent]);
    expect(await send()).toBe('sent');
    expect(pauses).toEqual([7_000]);
  });

  test('is given up if it asks for more than twenty seconds', async () => {
    const { send, attempts, pauses } = start([busy(21)], [sent]);
    expect(await send()).toBe('sent');
    expect(pauses).toEqual([]);
    expect(attempts.map(({ driver }) => driver)).toEqual(['vendor-1', 'vendor-2']);
  });
});

describe('a message is never delivered after it expired', () => {
  test('one that expired before its turn does not leave', async () => {
    const { send, attempts, now, log } = start([]);
    expect(await send({ expiresAt: now() })).toBe('expired');
    expect(attempts).toHaveLength(0);
    expect(log).toEqual([{ driver: 'none', channel: 'sms', outcome: 'expired' }]);
  });

  test('a second try that would come too late is not made', async () => {
    const { send, attempts, now } = start([busy(5), sent]);
    expect(await send({ expiresAt: now() + 5_000 })).toBe('failed');
    expect(attempts).toHaveLength(1);
  });

  test('one that expired while a vendor was tried does not leave through the next', async () => {
    const { send, attempts, now } = start([slowlyNotSent], [sent]);
    expect(await send({ expiresAt: now() + 5_000 })).toBe('expired');
    expect(attempts).toHaveLength(1);
  });

  test('the vendor is told how long it may hold it', async () => {
    const { send, attempts, now } = start([notSent, sent]);
    await send({ expiresAt: now() + 90_400 });
    expect(attempts.map(({ message }) => message.expiresInSeconds)).toEqual([90, 89]);
  });
});

describe('the caller', () => {
  test('gets an outcome once, and may throw at it', async () => {
    let outcomes = 0;
    const { courier, send, log } = start([]);
    void send({
      onOutcome: async () => {
        outcomes += 1;
        throw new Error('the store is down');
      },
    });
    await courier.drain(1_000);
    expect(outcomes).toBe(1);
    expect(log.at(-1)).toEqual({ driver: 'none', channel: 'sms', outcome: 'failed', reason: 'outcome_not_told' });
    expect(await send()).toBe('sent');
  });

  test('is answered before anything is rendered or sent', () => {
    const { courier, attempts } = start([]);
    courier.send({
      channel: 'sms',
      to: '+447123456789',
      locale: 'en',
      content: { kind: 'code', code: '', expiresInSeconds: 1 },
      expiresAt: Infinity,
      onOutcome() {},
    });
    expect(attempts).toHaveLength(0);
  });

  test('learns that a message which cannot be rendered failed', async () => {
    const { send, attempts } = start([]);
    expect(await send({}, '')).toBe('failed');
    expect(attempts).toHaveLength(0);
  });

  test('is told failed where no vendor serves the channel', async () => {
    expect(await start([]).send({ channel: 'email', to: 'jane@example.com' })).toBe('failed');
  });
});

test('fifty messages leave in parallel, the others wait their turn, and a drain waits for them all', async () => {
  let now = 0;
  let most = 0;
  let done = 0;
  const driver: Driver = {
    name: 'slow',
    channel: 'email',
    async deliver() {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      now -= 1;
      return sent;
    },
  };
  const courier = createCourier({
    drivers: { email: [driver], sms: [] },
    render: async ({ to }) => ({ channel: 'email', to, text: '' }),
    now: Date.now,
  });
  for (let i = 0; i < 120; i += 1) {
    courier.send({
      channel: 'email',
      to: 'jane@example.com',
      locale: 'en',
      content: { kind: 'code', code: '1', expiresInSeconds: 60 },
      expiresAt: Infinity,
      onOutcome: () => void (done += 1),
    });
  }
  await courier.drain(5_000);
  expect(done).toBe(120);
  expect(most).toBe(50);
});

test('a drain gives up after its time', async () => {
  const never: Driver = { name: 'hangs', channel: 'sms', deliver: () => new Promise(() => {}) };
  const courier = createCourier({
    drivers: { email: [], sms: [never] },
    render: async ({ to }) => ({ channel: 'sms', to, text: '' }),
    now: Date.now,
  });
  courier.send({
    channel: 'sms',
    to: '+447123456789',
    locale: 'en',
    content: { kind: 'code', code: '1', expiresInSeconds: 60 },
    expiresAt: Infinity,
    onOutcome() {},
  });
  const before = Date.now();
  await courier.drain(50);
  expect(Date.now() - before).toBeLessThan(5_000);
});

test('log lines hold no address and no code', async () => {
  const { send, log } = start([notSent, unknown]);
  await send();
  expect(log).toHaveLength(2);
  expect(JSON.stringify(log)).not.toMatch(/447123|123456/);
});
