// Which signature algorithms are spoken: what clients may sign with, and what we sign with. Never a shared secret (HS256),
// never `none`.
import type { Configuration } from 'oidc-provider';

type Algorithm = 'ES256' | 'PS256' | 'RS256' | 'EdDSA' | 'Ed25519';

const accepted: readonly Algorithm[] = ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'];

/** @param signing what there are keys for @param strong FAPI 2.0 Security Profile, 5.4.1: no RS256 */
export function listAlgorithms({ signing, strong }: { signing: readonly Algorithm[]; strong: boolean }): Configuration['enabledJWA'] {
  const theirs = accepted.filter((alg) => !strong || alg !== 'RS256');
  return {
    clientAuthSigningAlgValues: theirs,
    requestObjectSigningAlgValues: theirs,
    dPoPSigningAlgValues: theirs,
    idTokenSigningAlgValues: [...signing],
    userinfoSigningAlgValues: [...signing],
    introspectionSigningAlgValues: [...signing],
    authorizationSigningAlgValues: [...signing],
  };
}

/** What a client gets that names no algorithm: RS256 (OpenID Connect Registration, 2), unless there are no keys for it. */
export function chooseDefaults(signing: readonly Algorithm[]): Configuration['clientDefaults'] {
  const alg = signing.includes('RS256') ? 'RS256' : 'ES256';
  return { id_token_signed_response_alg: alg, introspection_signed_response_alg: alg, authorization_signed_response_alg: alg };
}
