// Opens delivery as the settings ask: picks the vendors, loads each when it is first used, and hands out the courier.
import { createCourier, type DeliveryLine } from './courier.ts';
import { createMessages, type MessagesOptions } from './messages.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Channel, Courier, Driver } from './port.ts';

/** The part of the settings that delivery reads; `config/schema/sending.ts` says what each is. */
export type DeliverySettings = {
  email: 'smtp' | 'outbox';
  /** `none`: this deployment sends no texts, and every attempt is refused. */
  sms: 'twilio' | 'outbox' | 'none';
  timeoutSeconds: number;
  outboxSize: number;
  smtpUrl?: string;
  from: string;
  twilioAccountSid?: string;
  twilioAuthToken?: string;
  twilioFrom?: string;
  twilioMessagingServiceSid?: string;
  twilioApiUrl?: string;
};

export type DeliveryOptions = MessagesOptions & {
  settings: DeliverySettings;
  /** Milliseconds since the epoch. */
  now(): number;
  log?(line: DeliveryLine): void;
};

export type Delivery = {
  courier: Courier;
  /** There while a channel uses it. */
  outbox?: Outbox;
  /** Lets go of idle connections to vendors. Call it after `courier.drain`. */
  close(): void;
};

const lazily = (name: string, channel: Channel, load: () => Promise<Driver>): Driver => {
  let driver: Promise<Driver> | undefined;
  return {
    name,
    channel,
    async deliver(message) {
      try {
        await (driver ??= load());
      } catch {
        driver = undefined;
        return { status: 'not_sent', reason: `${name} not_loaded` };
      }
      return (await driver).deliver(message);
    },
    close() {
      void driver?.then((loaded) => loaded.close?.());
    },
  };
};

const needed = (value: string | undefined, name: string): string => {
  if (value === undefined) throw new Error(`delivery.${name} is not set`);
  return value;
};

const smtp = (settings: DeliverySettings): Driver => {
  const options = { url: needed(settings.smtpUrl, 'smtpUrl'), from: settings.from, timeoutMs: settings.timeoutSeconds * 1_000 };
  return lazily('smtp', 'email', async () => (await import('./smtp.ts')).createSmtp(options));
};

// Twilio's package is 30 MB and takes up to 90 ms to load.
const twilio = (settings: DeliverySettings): Driver => {
  const options = {
    accountSid: needed(settings.twilioAccountSid, 'twilioAccountSid'),
    authToken: needed(settings.twilioAuthToken, 'twilioAuthToken'),
    from: settings.twilioFrom,
    messagingServiceSid: settings.twilioMessagingServiceSid,
    apiUrl: settings.twilioApiUrl,
    timeoutMs: settings.timeoutSeconds * 1_000,
  };
  return lazily('twilio', 'sms', async () => (await import('./twilio.ts')).createTwilio(options));
};

const noTexts: Driver = {
  name: 'none',
  channel: 'sms',
  deliver: async () => ({ status: 'refused', reason: 'no provider for texts is set' }),
};

export const openDelivery = ({ settings, now, log, ...messages }: DeliveryOptions): Delivery => {
  const { driver: outboxDriver, outbox } = createOutbox({ size: settings.outboxSize, now });
  const drivers = {
    email: [settings.email === 'smtp' ? smtp(settings) : outboxDriver('email')],
    sms: [settings.sms === 'twilio' ? twilio(settings) : settings.sms === 'none' ? noTexts : outboxDriver('sms')],
  };
  const courier = createCourier({ drivers, render: createMessages(messages).render, now, log });
  return {
    courier,
    ...((settings.email === 'outbox' || settings.sms === 'outbox') && { outbox }),
    close: () => [...drivers.email, ...drivers.sms].forEach((driver) => driver.close?.()),
  };
};
