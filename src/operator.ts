// Wires what the operator's commands work on: the server's own store, keys and rules, without its pages. Commands run beside the
// servers, so that whatever they do holds for every node at once.
import { tellOfClients } from './config/clients.ts';
import type { Settings } from './config/schema/index.ts';
import { createAccounts } from './domain/accounts/accounts.ts';
import { createLifecycle } from './domain/accounts/lifecycle.ts';
import { createLookingUp } from './domain/accounts/looking-up.ts';
import { createFailures } from './domain/challenges/failures.ts';
import { createConsents } from './domain/consents/consents.ts';
import { createLogoutNotices } from './domain/logout-notices.ts';
import { createResources } from './domain/resources.ts';
import { listReachable } from './domain/sign-in/needs.ts';
import { createKeys } from './keys/keys.ts';
import { startSigningKeys } from './keys/signing/live.ts';
import { createSigningKeyRing, type SigningKeyRing } from './keys/signing/ring.ts';
import { locales } from './locales/index.ts';
import { createErrorLog, logEvents } from './observability/log.ts';
import type { ClientDesk } from './protocol/clients/desk.ts';
import { createIssued } from './protocol/tokens/issued.ts';
import { createProtocol } from './protocol/protocol.ts';
import { createRevocation } from './protocol/tokens/revocation.ts';
import { createSectors } from './protocol/clients/sectors.ts';
import { openStorage } from './storage/open.ts';
import type { Storage } from './storage/port.ts';

export type Operator = Awaited<ReturnType<typeof openOperator>>;

/** A `storage` that is handed over stays its owner's to close. */
export async function openOperator(settings: Settings, parts: { storage?: Storage } = {}) {
  const now = () => Date.now();
  const { mongo, redis, database } = settings;
  const storage =
    parts.storage ?? (await openStorage({ databaseUrl: database.url, sweepSeconds: database.sweepSeconds, mongo, redis }, now));
  const keys = createKeys(settings.secrets);
  const signingKeys = createSigningKeyRing({ records: storage.records, keys, now, settings });
  /** Made when it is asked for: other commands don't wait for the protocol library to be put together. */
  const clients = () => openClients({ settings, storage, keys, now }, signingKeys);
  return {
    storage,
    keys,
    signingKeys,
    now,
    users: createUsers({ settings, storage, keys, now }, clients),
    openClients: clients,
    async close() {
      if (!parts.storage) await storage.close();
    },
  };
}

export type Users = ReturnType<typeof createUsers>;

type Deps = { settings: Settings; storage: Storage; keys: ReturnType<typeof createKeys>; now: () => number };

function createUsers({ settings, storage, keys, now }: Deps, clients: () => Promise<Pick<ClientDesk, 'find'>>) {
  const { records } = storage;
  const events = logEvents(createErrorLog(settings.log));
  const accounts = createAccounts({ records, keys, events, now });
  const consents = createConsents({ records, keys, now, declineAgainDays: settings.signIn.declineAgainDays });
  const revocation = createRevocation({ storage, keys, events });
  const notices = createLogoutNotices({ records, keys, events, now, rules: settings.backChannelLogout });
  const issued = createIssued({ storage, keys, revocation, notices });
  const sectors = createSectors({ records, keys });
  const lookingUp = createLookingUp({ accounts, records, keys, defaultCountry: settings.phone.defaultCountry });

  /** What an app knows somebody by: the account's id itself where its subjects are public. */
  async function findBySubject(subject: string, client: string) {
    const { metadata } = (await (await clients()).find(client)) ?? {};
    if (metadata?.subject_type === 'public') return accounts.get(subject, { deleted: true });
    const sector = typeof metadata?.['sector'] === 'string' ? metadata['sector'] : undefined;
    return lookingUp.findBySubject(subject, { client, subjectOf: (account) => sectors.findSubject(account, { clientId: client, sector }) });
  }

  return {
    find: lookingUp.find,
    readAddress: lookingUp.readAddress,
    findBySubject,
    ...createLifecycle({ accounts, consents, issued, failures: createFailures(records), events }),
    consentsOf: consents.listOf,
    countIssued: issued.count,
  };
}

/** Nobody signs in to a command: what only pages need is not there. */
const idle = {} as never;

async function openClients({ settings, storage, keys, now }: Deps, ring: SigningKeyRing): Promise<ClientDesk> {
  const { records } = storage;
  const events = logEvents(createErrorLog(settings.log));
  const { algorithms, cacheSeconds, checkSeconds } = settings.signingKeys;
  const signingKeys = await startSigningKeys({ ring, now, checkSeconds, onTrouble: () => {} });
  signingKeys.stop();
  const { clients, backChannelLogout } = tellOfClients(() =>
    createProtocol({
      issuer: settings.server.issuer,
      settings,
      storage,
      keys,
      signing: { keys: signingKeys, algorithms, cacheSeconds },
      events,
      now,
      accounts: createAccounts({ records, keys, events, now }),
      consents: createConsents({ records, keys, now, declineAgainDays: settings.signIn.declineAgainDays }),
      resources: createResources(settings.resources.servers),
      flow: { acrValues: listReachable({ phoneAlone: settings.signIn.phoneAlone, texts: settings.delivery.sms !== 'none' }) } as never,
      locales,
      clients: settings.clients.registered,
      pages: idle,
    }),
  );
  // Notices leave from servers.
  await backChannelLogout.close();
  return clients;
}
