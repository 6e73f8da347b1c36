// DPoP proofs and client assertions are used once: one atomic insert in place of the library's find-then-save.
import type { Provider } from 'oidc-provider';
import type { Keys } from '../../keys/keys.ts';
import type { Storage } from '../../storage/port.ts';

type Unique = (issuer: string, jti: string, exp: number) => Promise<boolean>;

/** A proof's clock may be five minutes ahead of ours, and then it is good for as much longer than the library reckons. */
const clockSeconds = 300;

/** `exp` in seconds since the epoch. */
export function guardReplays(provider: Provider, { storage, keys, now }: { storage: Storage; keys: Keys; now: () => number }): void {
  const ReplayDetection = provider.ReplayDetection as unknown as { unique: Unique };
  ReplayDetection.unique = (issuer, jti, exp) => {
    const seconds = Math.max(1, Math.ceil(exp - now() / 1000)) + clockSeconds;
    return storage.expiring.add('ReplayDetection', keys.lookup('replay', issuer, jti), true, seconds);
  };
}
