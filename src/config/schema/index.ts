// Every setting there is. `docs/configuration.md` is generated from here.
import { z } from 'zod';
import { branding } from './branding.ts';
import { codes } from './codes.ts';
import { clients, lifetimes, signIn } from './protocol.ts';
import { secrets } from './secrets.ts';
import { delivery, phone, sending } from './sending.ts';
import { log, server } from './server.ts';
import { database, redis } from './storage.ts';

export const schema = z.strictObject({
  server,
  log,
  database,
  redis,
  branding,
  signIn,
  codes,
  sending,
  phone,
  delivery,
  lifetimes,
  clients,
  secrets,
});

/** Settings as the files and the environment give them, defaults filled in. */
export type Configured = z.infer<typeof schema>;

type Present<T> = { [K in keyof T]-?: NonNullable<T[K]> };

/** Settings as the program uses them: the issuer is known, secrets are there, vendors are chosen. */
export type Settings = Omit<Configured, 'server' | 'secrets' | 'delivery'> & {
  mode: 'development' | 'test' | 'production';
  /** The data folder of the embedded store; where generated secrets live. */
  dataFolder: string;
  server: Configured['server'] & { issuer: string };
  secrets: Present<Configured['secrets']>;
  delivery: Configured['delivery'] & { email: 'smtp' | 'outbox'; sms: 'twilio' | 'outbox' };
};
