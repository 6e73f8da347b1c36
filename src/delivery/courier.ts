// Carries messages in the background: at most once, in time, a bounded number at a time. Which vendors there are is told.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, Courier, Driver, DriverAnswer, Message, Outcome, Send } from './port.ts';

/** One line per attempt, and one for a message that never got to an attempt. Holds no address and no code. */
export type DeliveryLine = { driver: string; channel: Channel; outcome: DriverAnswer['status'] | 'expired' | 'failed'; reason?: string };

export type CourierOptions = {
  /** The vendors of a channel, the preferred one first. */
  drivers: Record<Channel, Driver[]>;
  render(send: Send): Promise<Message>;
  /** Milliseconds since the epoch. */
  now(): number;
  log?(line: DeliveryLine): void;
  /** Waits before a second try; tests make it short. */
  pause?(ms: number): Promise<unknown>;
};

const parallelSends = 50;
const retryPauseMs = 500;
/** A vendor that asks for more patience than this is given up: a code is worth little by then. */
const longestPauseMs = 20_000;

const pauseAfter = (answer: DriverAnswer): number =>
  answer.status === 'busy' ? Math.max(retryPauseMs, (answer.retryAfterSeconds ?? 0) * 1_000) : retryPauseMs;

const surelyDidNotLeave = (answer: DriverAnswer): boolean => answer.status === 'not_sent' || answer.status === 'busy';

export const createCourier = ({ drivers, render, now, log = () => {}, pause = (ms) => sleep(ms) }: CourierOptions): Courier => {
  const queue: Send[] = [];
  const idle = new Set<() => void>();
  let active = 0;

  const attempt = async (driver: Driver, message: Message, send: Send): Promise<DriverAnswer | 'expired'> => {
    const left = send.expiresAt - now();
    if (left <= 0) {
      log({ driver: driver.name, channel: send.channel, outcome: 'expired' });
      return 'expired';
    }
    const answer = await driver
      .deliver({ ...message, expiresInSeconds: Math.max(1, Math.floor(left / 1_000)) })
      // A driver that rejects broke its contract; nobody knows how far it came.
      .catch((): DriverAnswer => ({ status: 'unknown', reason: 'driver_threw' }));
    log({ driver: driver.name, channel: send.channel, outcome: answer.status, ...('reason' in answer && { reason: answer.reason }) });
    return answer;
  };

  /** Every vendor gets two tries, and only while the message surely did not leave: a person never gets it twice. */
  const carry = async (send: Send): Promise<Outcome> => {
    if (send.expiresAt <= now()) {
      log({ driver: 'none', channel: send.channel, outcome: 'expired' });
      return 'expired';
    }
    const message = await render(send);
    for (const driver of drivers[send.channel]) {
      for (const lastTry of [false, true]) {
        const answer = await attempt(driver, message, send);
        if (answer === 'expired') return 'expired';
        if (!surelyDidNotLeave(answer)) return answer.status as 'sent' | 'refused' | 'unknown';
        const wait = pauseAfter(answer);
        if (lastTry || wait > longestPauseMs || now() + wait >= send.expiresAt) break;
        await pause(wait);
      }
    }
    return 'failed';
  };

  const settle = async (send: Send): Promise<void> => {
    const outcome = await carry(send).catch((): Outcome => {
      log({ driver: 'none', channel: send.channel, outcome: 'failed', reason: 'not_rendered' });
      return 'failed';
    });
    try {
      await send.onOutcome(outcome);
    } catch {
      log({ driver: 'none', channel: send.channel, outcome: 'failed', reason: 'outcome_not_told' });
    }
  };

  const next = (): void => {
    while (active < parallelSends && queue.length > 0) {
      active += 1;
      void settle(queue.shift()!).finally(() => {
        active -= 1;
        next();
      });
    }
    if (active === 0) for (const resolve of idle) resolve();
  };

  return {
    send(send) {
      queue.push(send);
      // Not within the caller's turn, which may be another one's answer.
      setImmediate(next);
    },
    async drain(ms) {
      if (active === 0 && queue.length === 0) return;
      const waiting = new AbortController();
      let told = () => {};
      const done = new Promise<void>((resolve) => idle.add((told = resolve)));
      await Promise.race([done, sleep(ms, undefined, { signal: waiting.signal }).catch(() => {})]);
      waiting.abort();
      idle.delete(told);
    },
  };
};
