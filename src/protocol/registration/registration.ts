// Clients that register themselves (RFC 7591, OpenID Connect Registration), and manage what they registered (RFC 7592). The library
// speaks the protocol; the seams here keep secrets as hashes, and the operator's metadata out of sight.
import { type Client, type Configuration, Provider } from 'oidc-provider';
import { cacheClients } from '../clients/cache.ts';
import { ownMetadata } from '../clients/client.ts';
import { drawSecret, isHashed, isSecretOf } from '../clients/secrets.ts';
import { restrict } from './policy.ts';

export type RegistrationSettings = { enabled: boolean; invited: boolean; maxClients: number; perHour: number };

const routes = ['client', 'client_update', 'client_delete'];

/** Whether a client's own management is what the request under way is about. */
const isManaging = (): boolean => {
  const route = Provider.ctx?.oidc?.route;
  return route !== undefined && routes.includes(route);
};

/** Features of the library's; its types join the two in a way that a condition can't follow. */
function configure({ enabled, invited }: RegistrationSettings): object {
  if (!enabled) return {};
  return {
    registration: { enabled: true, initialAccessToken: invited, secretFactory: drawSecret },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
  };
}

type Validator = NonNullable<NonNullable<Configuration['extraClientMetadata']>['validator']>;

/** The rules are asked once per client; only a request that registers or updates brings its context along. */
const validator: Validator = (...[ctx, key, , metadata]) => {
  if (ctx && key === ownMetadata[0]) restrict(ctx, metadata);
};

const extraClientMetadata = { properties: ownMetadata, validator };

type Answer = Record<string, unknown> | undefined;

/** The secret is a hash after the answer to the registration; the operator's own metadata are none of the client's business. */
function cleanAnswer(body: Answer): void {
  if (!body) return;
  for (const member of [...ownMetadata, 'sector_identifier_uri']) delete body[member];
  if (isHashed(String(body.client_secret))) delete body.client_secret;
}

/** An update may bring the secret along, which the library compares as text (RFC 7592, 2.2). */
function acceptOwnSecret(client: Client | undefined): void {
  const stored = client?.clientSecret;
  if (!client || !stored) return;
  Object.defineProperty(client, 'clientSecret', {
    enumerable: true,
    configurable: true,
    get() {
      const sent = Provider.ctx?.oidc.body?.client_secret;
      return typeof sent === 'string' && isSecretOf(stored, sent) ? sent : stored;
    },
  });
}

/** What is managed is never a client that others use: those are kept for a moment. */
function install(provider: Provider, path: string): void {
  const InitialAccessToken = provider.InitialAccessToken as unknown as { IN_PAYLOAD: string[] };
  const names = [...InitialAccessToken.IN_PAYLOAD, 'uses'];
  Object.defineProperty(InitialAccessToken, 'IN_PAYLOAD', { get: () => names });

  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === path || ctx.path.startsWith(`${path}/`)) cleanAnswer(ctx.body as Answer);
  });

  const Client = provider.Client as unknown as { find(id: unknown): Promise<Client | undefined> };
  const find = Client.find.bind(Client);
  Client.find = async (id) => {
    const client = await find(id);
    if (!isManaging() || !client || (client as { noManage?: boolean }).noManage) return client;
    const own = Object.assign(Object.create(Object.getPrototypeOf(client)), client) as Client;
    acceptOwnSecret(own);
    return own;
  };
  cacheClients(provider, isManaging);
}

export const registration = { configure, extraClientMetadata, install };
