// The FAPI 2.0 Security Profile is switched on as a whole, for every client: it is only worth something where nobody is left
// out. What the library and this program do anyway (RFC 9207's `iss`, 303, codes that live a minute) is not repeated here.
import { errors, type Client, type ClientAuthMethod, type Configuration, type Provider } from 'oidc-provider';

export type ProfileName = 'standard' | 'fapi2';

export type SecurityProfile = ReturnType<typeof createSecurityProfile>;

type Schema = { prototype: { parPolicy(this: Metadata): void } };
type Metadata = { application_type?: string; redirect_uris?: string[]; dpop_bound_access_tokens?: boolean };

/** FAPI 2.0 Security Profile, 5.3.2.1 (4: tokens are bound to a key) and 5.3.2.2 (8: nothing is answered in the clear). */
function harden(metadata: Metadata): void {
  metadata.dpop_bound_access_tokens = true;
  const inTheClear = metadata.redirect_uris?.some((uri) => uri.startsWith('http:'));
  if (inTheClear && metadata.application_type !== 'native') throw new errors.InvalidClientMetadata('redirect_uris must be https');
}

export function createSecurityProfile(name: ProfileName) {
  const strong = name === 'fapi2';
  const methods: ClientAuthMethod[] = strong
    ? ['private_key_jwt']
    : ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
  const fapi = strong ? { enabled: true, profile: '2.0' as const } : { enabled: false as const };

  return {
    strong,
    /** 5.3.2.1 (3, 6): only confidential clients, which prove themselves with a key. */
    clientAuthMethods: methods,
    features: {
      fapi,
      /** 5.3.2.2 (2, 3): requests come from the client itself. */
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: strong },
    } satisfies Configuration['features'],
    /** 5.3.2.2 (5); S256 is the only method there is. */
    requiresPkce: (client: Client) => strong || client.require_pkce !== false,

    /** Wherever a client comes from, the library passes it through its schema. */
    install(provider: Provider): void {
      if (!strong) return;
      const { prototype } = (provider.Client as unknown as { Schema: Schema }).Schema;
      const inherited = prototype.parPolicy;
      prototype.parPolicy = function parPolicy() {
        inherited.call(this);
        harden(this);
      };
    },
  };
}
