// oidc-provider's configuration, readable as one object. What each seam does stands in its own file.
import { type ClientMetadata, Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { SignInFlow } from '../domain/sign-in/sign-ins.ts';
import type { Keys } from '../keys/keys.ts';
import type { Algorithm } from '../keys/signing/key.ts';
import type { LiveSigningKeys } from '../keys/signing/live.ts';
import { createAdapterFactory, type AdapterDeps } from './adapter.ts';
import { chooseDefaults, listAlgorithms } from './algorithms.ts';
import { withCheaperSteps } from './cheaper-steps.ts';
import { prepareClient } from './clients/client.ts';
import { refuseOtherGrants } from './clients/grant-types.ts';
import type { ClientProofs } from './clients/proofs.ts';
import { compareSecretsByHash } from './clients/secrets.ts';
import type { Sectors } from './clients/sectors.ts';
import { cookieSettings } from './cookies.ts';
import { type DeviceFlow, type DeviceFlowRules, type DevicePages } from './device-flow.ts';
import { describeMetadata } from './discovery.ts';
import type { ConsentCheck } from './interactions/consent-check.ts';
import { skipDispatcher, urlOf } from './interactions/interactions.ts';
import type { createPolicy } from './interactions/policy.ts';
import { type Lifetimes, listLives } from './lives.ts';
import type { BackChannelLogout } from './logout/back-channel.ts';
import { answerAddress, carryLanguage } from './logout/language.ts';
import { pinOrigin } from './origin.ts';
import { spareStacksOfRefusals } from './quiet-refusals.ts';
import { registration, type RegistrationSettings } from './registration/registration.ts';
import { routes } from './routes.ts';
import type { SecurityProfile } from './security-profile.ts';
import { keepOwnMembers } from './sessions/proofs.ts';
import { renewAfterSignIn } from './sessions/renewal.ts';
import { followSigningKeys } from './signing-keys.ts';
import { markTokens } from './tokens/marks.ts';
import { guardReplays } from './tokens/replay.ts';
import type { ResourceServers } from './tokens/resource-servers.ts';

/** The pages that the library asks for by itself; ours, not its defaults. */
export type LibraryPages = DevicePages & {
  error(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }, error: Error): Promise<void>;
  signOut(ctx: KoaContextWithOIDC, form: { action: string; xsrf: string }): Promise<void>;
  /** `stays`: the person chose to stay signed in here. */
  signedOut(ctx: KoaContextWithOIDC, end: { stays: boolean }): Promise<void>;
};

/** What tokens are signed with, and how long the published keys may be cached. */
export type Signing = { keys: LiveSigningKeys; algorithms: readonly Algorithm[]; cacheSeconds: number };

export type ProviderDeps = AdapterDeps & {
  issuer: string;
  lifetimes: Lifetimes;
  registration: RegistrationSettings;
  keys: Keys;
  signing: Signing;
  clients: readonly ClientMetadata[];
  locales: readonly string[];
  acrValues: readonly string[];
  policy: ReturnType<typeof createPolicy>;
  flow: Pick<SignInFlow, 'entryOf'>;
  consentCheck: ConsentCheck;
  findAccount: NonNullable<Configuration['findAccount']>;
  sectors: Sectors;
  backChannelLogout: Pick<BackChannelLogout, 'install'>;
  deviceFlow: DeviceFlow;
  deviceRules: DeviceFlowRules;
  resourceServers: ResourceServers;
  resourceScopes: readonly string[];
  clientProofs: ClientProofs;
  profile: SecurityProfile;
  jarm: boolean;
  pages: LibraryPages;
};

function configure(deps: ProviderDeps): Configuration {
  const { issuer, keys, rotation, pages, sectors, resourceServers, clientProofs, signing, profile } = deps;
  const { algorithms } = signing;
  const spoken = listAlgorithms({ signing: algorithms, strong: profile.strong });
  const issuedToCaller = (_: unknown, client: { clientId: string }, token: { clientId?: string }) => token.clientId === client.clientId;

  return {
    adapter: createAdapterFactory(deps),
    clients: deps.clients.map(prepareClient),
    jwks: signing.keys.jwks(),
    cookies: { ...cookieSettings(issuer), keys: keys.cookies as never },

    responseTypes: ['code'],
    pkce: { required: (_, client) => profile.requiresPkce(client) },
    allowOmittingSingleRegisteredRedirectUri: false,
    clientAuthMethods: profile.clientAuthMethods,
    clientBasedCORS: (_, origin, client) => (client.redirectUris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin),
    extraClientMetadata: registration.extraClientMetadata,
    assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => clientProofs.checkAssertion(ctx, claims),
    enabledJWA: spoken,
    clientDefaults: chooseDefaults(algorithms),
    clockTolerance: 10,

    scopes: ['openid', 'offline_access', 'email', 'phone', 'phone_pseudonym', ...deps.resourceScopes],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      email: ['email', 'email_verified'],
      phone: ['phone_number', 'phone_number_verified'],
      phone_pseudonym: ['phone_pseudonym'],
      email_verified_at: null,
      phone_number_verified_at: null,
    },
    acrValues: [...deps.acrValues],
    discovery: describeMetadata({
      methods: profile.clientAuthMethods,
      algorithms: spoken,
      prompts: deps.policy.filter(({ requestable }) => requestable).map(({ name }) => name),
      locales: deps.locales,
    }),

    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_, account, client) => sectors.subjectOf(account, client),
    sectorIdentifierUriValidate: () => false,

    findAccount: deps.findAccount,
    loadExistingGrant: (ctx) => deps.consentCheck.loadGrant(ctx),
    interactions: { policy: deps.policy, url: (_, interaction) => urlOf(interaction) },
    renderError: (ctx, out, error) => pages.error(ctx, out, error),
    revokeGrantPolicy: () => true,
    rotateRefreshToken: (ctx) => rotation.rotates(ctx),
    extraTokenClaims: (ctx) => resourceServers.extraTokenClaims(ctx),

    features: {
      ...profile.features,
      ...registration.configure(deps.registration),
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      dPoP: clientProofs.dPoP,
      deviceFlow: deps.deviceFlow.feature,
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: resourceServers.mayIntrospect },
      revocation: { enabled: true, allowedPolicy: issuedToCaller },
      requestObjects: { enabled: true },
      jwtResponseModes: { enabled: deps.jarm },
      jwtIntrospection: { enabled: true },
      jwtUserinfo: { enabled: true },
      resourceIndicators: resourceServers.indicators,
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) => {
          const { secret } = ctx.oidc.session?.state ?? {};
          return pages.signOut(ctx, { action: answerAddress(ctx), xsrf: String(secret) });
        },
        // Both answers lead there: the session knows which it was.
        postLogoutSuccessSource: async (ctx) => {
          const { accountId } = await ctx.oidc.provider.Session.get(ctx);
          return pages.signedOut(ctx, { stays: accountId !== undefined });
        },
      },
    },

    routes,

    ttl: listLives(deps),
  };
}

export function createProvider(deps: ProviderDeps): Provider {
  const { issuer } = deps;
  spareStacksOfRefusals();
  const provider = withCheaperSteps(() => new Provider(issuer, configure(deps)));
  keepOwnMembers(provider);
  renewAfterSignIn(provider);
  compareSecretsByHash(provider, deps.now);
  refuseOtherGrants(provider);
  guardReplays(provider, deps);
  deps.profile.install(provider);
  markTokens(provider);
  deps.rotation.install(provider);
  deps.deviceFlow.install(provider);
  deps.backChannelLogout.install(provider);
  pinOrigin(provider, issuer);
  followSigningKeys(provider, deps.signing.keys, deps.signing.cacheSeconds);
  registration.install(provider, routes.registration);
  provider.use(async (ctx, next) => {
    await next();
    carryLanguage(ctx);
    skipDispatcher(ctx, deps.flow.entryOf);
    // An answer without a body has no type (RFC 7009, 2.2): clients that read JSON alone refuse one that says it is text.
    if (ctx.body === '') ctx.remove('Content-Type');
    // RFC 6749, 5.1, where it goes with what every answer says: `Cache-Control: no-store`.
    if (ctx.path === routes.token) ctx.set('Pragma', 'no-cache');
    deps.sessionWrites.dropCookie(ctx, provider.cookieName('session'));
  });
  return provider;
}
