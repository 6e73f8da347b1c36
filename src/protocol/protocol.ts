// Puts the protocol together: the library with our seams, and its interactions for the pages.
import type { ClientMetadata, Provider } from 'oidc-provider';
import type { Accounts } from '../domain/accounts/accounts.ts';
import type { Consents } from '../domain/consents/consents.ts';
import type { Events } from '../domain/events.ts';
import { createLogoutNotices, type NoticeRules } from '../domain/logout-notices.ts';
import type { Resources } from '../domain/resources.ts';
import type { SignInFlow } from '../domain/sign-in/sign-ins.ts';
import { createUserCodeTries, type UserCodeRules } from '../domain/user-codes.ts';
import type { Keys } from '../keys/keys.ts';
import type { Storage } from '../storage/port.ts';
import { createFindAccount } from './account.ts';
import type { ClientDesk } from './clients/desk.ts';
import type { ClientLogos } from './clients/logos.ts';
import { createClientParts } from './clients/parts.ts';
import { createClientProofs } from './clients/proofs.ts';
import { createSectors } from './clients/sectors.ts';
import { createDeviceFlow, type DeviceFlowRules } from './device-flow.ts';
import { createForesight } from './foresight.ts';
import { createConsentCheck } from './interactions/consent-check.ts';
import { createInteractions, type Interactions } from './interactions/interactions.ts';
import { createPolicy } from './interactions/policy.ts';
import type { Lifetimes } from './lives.ts';
import { type BackChannelLogout, createBackChannelLogout } from './logout/back-channel.ts';
import { createPostForm } from './logout/outgoing.ts';
import { createProvider, type LibraryPages, type Signing } from './provider.ts';
import { tellRefusals } from './refusals.ts';
import type { RegistrationSettings } from './registration/registration.ts';
import { createSecurityProfile, type ProfileName } from './security-profile.ts';
import { createGenerations } from './sessions/generations.ts';
import { createMetSessions } from './sessions/met.ts';
import { createSessionWrites } from './sessions/writes.ts';
import { createNewGrants } from './tokens/new-grants.ts';
import { createRefreshRotation } from './tokens/refresh-rotation.ts';
import { createResourceServers } from './tokens/resource-servers.ts';
import { createRevocation } from './tokens/revocation.ts';

/** docs/configuration.md says what they are. */
type ProtocolRules = { profile: ProfileName; jarm: boolean; dpopNonceRequired: boolean; requestCharacters: number };

type Deps = {
  issuer: string;
  settings: {
    lifetimes: Lifetimes;
    registration: RegistrationSettings;
    protocol: ProtocolRules;
    deviceFlow: DeviceFlowRules & UserCodeRules;
    backChannelLogout: NoticeRules & { allowedAddresses: readonly string[]; pollSeconds: number };
  };
  storage: Storage;
  keys: Keys;
  signing: Signing;
  events: Events;
  now: () => number;
  accounts: Accounts;
  consents: Consents;
  resources: Resources;
  flow: SignInFlow;
  locales: readonly string[];
  clients: readonly ClientMetadata[];
  pages: LibraryPages;
};

export type Protocol = {
  provider: Provider;
  interactions: Interactions;
  backChannelLogout: BackChannelLogout;
  clients: ClientDesk;
  logos: ClientLogos;
};

export function createProtocol(deps: Deps): Protocol {
  const { storage, keys, events, now, accounts, consents, resources, flow } = deps;
  const { lifetimes, protocol, deviceFlow, registration, backChannelLogout: logoutRules } = deps.settings;
  const revocation = createRevocation({ storage, keys, events });
  const rules = {
    retrySeconds: lifetimes.refreshRetrySeconds,
    idleSeconds: lifetimes.refreshTokenIdleSeconds,
    familySeconds: lifetimes.refreshTokenSeconds,
  };
  const rotation = createRefreshRotation({ storage, keys, events, revocation, now, rules });
  const sectors = createSectors({ records: storage.records, keys });
  const met = createMetSessions();
  const { foresee } = storage.records;
  const foresight = foresee && createForesight({ foresee, keys, accounts, consents, met, grantKey: revocation.grantKey });
  const generations = createGenerations({ accounts });
  const consentCheck = createConsentCheck({
    consents,
    resources,
    saveNew: createNewGrants({ expiring: storage.expiring, keys }),
    now,
    rules,
  });
  const backChannelLogout = createBackChannelLogout({
    notices: createLogoutNotices({ records: storage.records, keys, events, now, rules: logoutRules }),
    postForm: createPostForm({ allowed: logoutRules.allowedAddresses, timeoutSeconds: logoutRules.timeoutSeconds }),
    events,
    pollSeconds: logoutRules.pollSeconds,
  });
  const clientParts = createClientParts({ storage, keys, now, clients: deps.clients, registration });
  const provider = createProvider({
    ...deps,
    ...clientParts,
    acrValues: flow.acrValues,
    lifetimes,
    registration,
    rotation,
    revocation,
    sessionWrites: createSessionWrites({ records: storage.records, keys, now }),
    sectors,
    backChannelLogout,
    deviceRules: deviceFlow,
    deviceFlow: createDeviceFlow({
      expiring: storage.expiring,
      keys,
      resources,
      tries: createUserCodeTries({ expiring: storage.expiring, rules: deviceFlow }),
      rules: deviceFlow,
      pages: deps.pages,
    }),
    resourceServers: createResourceServers({ resources, lifetimes }),
    resourceScopes: resources.scopes,
    clientProofs: createClientProofs({ keys, now, rules: { requireNonce: protocol.dpopNonceRequired } }),
    profile: createSecurityProfile(protocol.profile),
    jarm: protocol.jarm,
    requestCharacters: protocol.requestCharacters,
    generations,
    met,
    foresight,
    consentCheck,
    policy: createPolicy({ flow, consentCheck, now }),
    findAccount: createFindAccount({ generations, consents, keys, sectors }),
  });
  tellRefusals(provider, events);
  const clients = clientParts.openDesk(provider);
  return { provider, interactions: createInteractions({ provider }), backChannelLogout, clients, logos: clientParts.logos };
}
