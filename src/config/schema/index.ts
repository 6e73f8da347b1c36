// Every setting there is. `docs/configuration.md` is generated from here.
import { z } from 'zod';
import { backChannelLogout } from './back-channel-logout.ts';
import { branding } from './branding.ts';
import { codes } from './codes.ts';
import { deviceFlow } from './device-flow.ts';
import { clients, lifetimes, protocol, registration, signIn } from './protocol.ts';
import { resources } from './resources.ts';
import { secrets } from './secrets.ts';
import { delivery, phone, sending } from './sending.ts';
import { signingKeys } from './signing-keys.ts';
import { log, server } from './server.ts';
import { database, mongo, redis } from './storage.ts';

export const schema = z.strictObject({
  server,
  log,
  database,
  mongo,
  redis,
  branding,
  signIn,
  codes,
  sending,
  phone,
  delivery,
  protocol,
  lifetimes,
  deviceFlow,
  signingKeys,
  backChannelLogout,
  clients,
  registration,
  resources,
  secrets,
});

/** Settings as the files and the environment give them, defaults filled in. */
export type Configured = z.infer<typeof schema>;

export type Mode = 'development' | 'test' | 'production';

type Present<T> = { [K in keyof T]-?: NonNullable<T[K]> };

/** A client as its operator wrote it: OpenID Connect Registration names. Only the id has been checked. */
export type ClientMetadata = { client_id: string; [member: string]: unknown };

/** Settings as the program uses them: the issuer is known, secrets are there, vendors are chosen, files are read. Deep-frozen. */
export type Settings = Omit<Configured, 'server' | 'secrets' | 'delivery' | 'clients'> & {
  mode: Mode;
  /** The data folder of the embedded store; where generated secrets live. */
  dataFolder: string;
  server: Configured['server'] & { issuer: string };
  secrets: Present<Omit<Configured['secrets'], 'signingKeys'>> & Pick<Configured['secrets'], 'signingKeys'>;
  /** 'none': there is no way to send texts, and steps that need one can't be offered. */
  delivery: Configured['delivery'] & { email: 'smtp' | 'outbox'; sms: 'twilio' | 'outbox' | 'none' };
  /** What `clients.file` holds. */
  clients: { registered: readonly ClientMetadata[] };
};
