// The whole program over HTTP, in the test's process: a free port, a new store, the outbox instead of vendors.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, type Parts } from '../../src/app.ts';
import { schema, type Settings } from '../../src/config/schema/index.ts';
import { generateSecrets } from '../../src/keys/generate.ts';
import { codeIn } from './code-in.ts';
import { someSigningKeys } from './signing-keys.ts';
import { nameStore } from './store.ts';
import { patientTimeouts } from './timeouts.ts';

export type Overrides = { [K in keyof Settings]?: Settings[K] extends object ? Partial<Settings[K]> : Settings[K] };

export type SentMessage = { id: string; channel: string; to: string; subject?: string; text: string; html?: string; sentAt: string };

export type Program = Awaited<ReturnType<typeof startProgram>>;

const secrets = { ...generateSecrets(), signingKeys: someSigningKeys };

/** A confidential client, a public one and a first-party one; every test adds what it needs. */
export const clientMetadata = {
  web: {
    client_id: 'web',
    client_name: 'Northwind',
    client_secret: 'web-secret-web-secret-web-secret-web-secret',
    redirect_uris: ['http://127.0.0.1:9/callback'],
    post_logout_redirect_uris: ['http://127.0.0.1:9/'],
  },
  spa: {
    client_id: 'spa',
    client_name: 'Southwind',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1:9/spa'],
  },
};

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Settings as the test profile has them; `overrides` are laid over group by group. */
export function makeSettings(issuer: string, overrides: Overrides = {}): Settings {
  const defaults = schema.parse({});
  const { database, redis } = nameStore();
  const settings: Settings = {
    ...defaults,
    mode: 'test',
    dataFolder: '',
    log: { ...defaults.log, level: (process.env.TEST_LOG_LEVEL as 'silent') ?? 'silent' },
    database: { ...defaults.database, ...database },
    mongo: { ...defaults.mongo, ...patientTimeouts.mongo },
    redis: { ...defaults.redis, ...patientTimeouts.redis, ...redis },
    server: { ...defaults.server, issuer },
    // Tests count what requests ask of the store: nothing else may ask meanwhile.
    signingKeys: { ...defaults.signingKeys, checkSeconds: 3600 },
    secrets: secrets as Settings['secrets'],
    delivery: { ...defaults.delivery, email: 'outbox', sms: 'outbox' },
    // Between requests nothing is asked of the store, unless a test is about that.
    backChannelLogout: { ...defaults.backChannelLogout, pollSeconds: 3600 },
    clients: { registered: [clientMetadata.web, clientMetadata.spa] },
  };
  for (const [group, values] of Object.entries(overrides)) {
    const before = settings[group as keyof Settings];
    Object.assign(settings, { [group]: typeof before === 'object' ? { ...before, ...(values as object) } : values });
  }
  return settings;
}

/** The development outbox of a program that listens at `url`. */
export function readOutbox(url: string) {
  async function outbox(to: string): Promise<SentMessage[]> {
    const answer = await fetch(`${url}/dev/outbox.json?to=${encodeURIComponent(to)}`);
    return (await answer.json()) as SentMessage[];
  }

  /** The newest code sent to an address; waits for the `count`-th message. */
  async function codeFor(to: string, count = 1): Promise<string> {
    const deadline = performance.now() + 25_000;
    for (;;) {
      const codes = (await outbox(to)).flatMap(({ text }) => codeIn(text) ?? []);
      if (codes.length >= count) return codes.at(-1) ?? '';
      if (performance.now() > deadline) throw new Error(`no code for ${to} within 25 s`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  return { outbox, codeFor };
}

/**
 * Starts the program on a free port. Several nodes of one deployment share `parts.storage` and take the first one's
 * `issuer`: requests to a node go to its `url`, which differs from the issuer then.
 */
export async function startProgram(overrides: Overrides = {}, parts: Parts = {}) {
  const { server, port } = await listen();
  const url = `http://localhost:${port}`;
  const issuer = overrides.server?.issuer ?? url;
  const settings = makeSettings(issuer, overrides);
  const app = await createApp(settings, parts).catch((error: unknown) => {
    server.close();
    throw error;
  });
  server.on('request', app.callback());

  return {
    url,
    issuer,
    settings,
    ...readOutbox(url),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
    },
  };
}
