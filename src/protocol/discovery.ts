// What discovery says beyond what the library knows to say (RFC 8414, 2; Initiating User Registration 1.0).
import type { Configuration } from 'oidc-provider';

type Facts = {
  methods: readonly string[];
  algorithms: Configuration['enabledJWA'];
  prompts: readonly string[];
  locales: readonly string[];
};

/** Clients prove themselves at every endpoint in the same ways; where nothing is said, a client may only expect a secret. */
export function describeMetadata({ methods, algorithms, prompts, locales }: Facts): NonNullable<Configuration['discovery']> {
  const signing = algorithms?.clientAuthSigningAlgValues;
  return {
    introspection_endpoint_auth_methods_supported: [...methods],
    introspection_endpoint_auth_signing_alg_values_supported: signing,
    revocation_endpoint_auth_methods_supported: [...methods],
    revocation_endpoint_auth_signing_alg_values_supported: signing,
    prompt_values_supported: ['none', ...prompts],
    ui_locales_supported: [...locales],
  };
}
