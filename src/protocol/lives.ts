// How long each thing lives that the library makes, seconds.
import type { Configuration } from 'oidc-provider';
import type { RefreshRotation } from './tokens/refresh-rotation.ts';
import type { ResourceServers } from './tokens/resource-servers.ts';

/** Seconds each; docs/configuration.md says what they are. */
export type Lifetimes = {
  sessionSeconds: number;
  sharedComputerSeconds: number;
  interactionSeconds: number;
  authorizationCodeSeconds: number;
  accessTokenSeconds: number;
  jwtAccessTokenSeconds: number;
  idTokenSeconds: number;
  refreshTokenIdleSeconds: number;
  refreshTokenSeconds: number;
  refreshRetrySeconds: number;
};

type Deps = {
  lifetimes: Lifetimes;
  deviceRules: { codeSeconds: number };
  rotation: RefreshRotation;
  resourceServers: ResourceServers;
  now: () => number;
};

const day = 86_400;

export function listLives({ lifetimes, deviceRules, rotation, resourceServers, now }: Deps): NonNullable<Configuration['ttl']> {
  return {
    // Absolute: the library saves a live session at each request, and would slide it.
    Session: (_, session) => {
      // A form's, in a browser in which nobody has signed in: strangers can make any number of them.
      if (session.loginTs === undefined) return lifetimes.interactionSeconds;
      const life = (session as { transient?: boolean }).transient ? lifetimes.sharedComputerSeconds : lifetimes.sessionSeconds;
      return Math.max(1, life - (Math.floor(now() / 1000) - session.loginTs));
    },
    Grant: (_, grant) => (grant.getOIDCScope().includes('offline_access') ? lifetimes.refreshTokenSeconds : lifetimes.sessionSeconds) + day,
    RefreshToken: (_, token) => rotation.lifetimeOf(token),
    Interaction: lifetimes.interactionSeconds,
    AuthorizationCode: lifetimes.authorizationCodeSeconds,
    DeviceCode: deviceRules.codeSeconds,
    AccessToken: (_, token) => resourceServers.lifetimeOf(token),
    ClientCredentials: (_, token) => resourceServers.lifetimeOf(token),
    IdToken: lifetimes.idTokenSeconds,
  };
}
