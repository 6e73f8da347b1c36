// The settings that signing keys heed, read once.
import type { Algorithm, PrivateJwk } from './key.ts';

/** Seconds but for `rotateDays`; docs/configuration.md says what they are (signingKeys). */
export type SigningRules = {
  algorithms: readonly Algorithm[];
  publishSeconds: number;
  /** 0: never by itself. */
  rotateDays: number;
  /** The longest life of anything that is signed. */
  keepSeconds: number;
};

export type SigningSettings = {
  signingKeys: Omit<SigningRules, 'keepSeconds'>;
  /** What the secrets bring: keys of the operator's own. */
  secrets: { signingKeys?: { keys: readonly PrivateJwk[] } };
  lifetimes: { idTokenSeconds: number; jwtAccessTokenSeconds: number; sessionSeconds: number };
  resources: { servers: readonly { accessTokenSeconds?: number }[] };
};

/** An ID token outlives its `exp`: as `id_token_hint` it is good for as long as its session (RP-Initiated Logout, 2). */
export function readSigningRules({ signingKeys, lifetimes, resources }: SigningSettings): SigningRules {
  const { algorithms, publishSeconds, rotateDays } = signingKeys;
  const { idTokenSeconds, jwtAccessTokenSeconds, sessionSeconds } = lifetimes;
  const ofResources = resources.servers.map(({ accessTokenSeconds = 0 }) => accessTokenSeconds);
  const keepSeconds = Math.max(idTokenSeconds, jwtAccessTokenSeconds, sessionSeconds, ...ofResources);
  return { algorithms, publishSeconds, rotateDays, keepSeconds };
}
