// The signing keys of a running node: looks for news on a timer, never during a request, and tells whoever publishes and signs.
import { describeKeys, publish, type KeyInfo, type PrivateJwk } from './key.ts';
import type { SigningKeyRing } from './ring.ts';

export type Jwks = { keys: PrivateJwk[] };

/** Private keys; for each algorithm the one that signs comes first. */
export type LiveSigningKeys = {
  jwks(): Jwks;
  /** Told after each change: keys that came, began to sign, or left. */
  follow(listener: (jwks: Jwks, keys: KeyInfo[]) => void): void;
  stop(): void;
};

export type LiveDeps = {
  ring: SigningKeyRing;
  now: () => number;
  checkSeconds: number;
  /** Told once of an outage: meanwhile the node goes on with the keys that it has. */
  onTrouble(error: unknown): void;
};

/** @throws {SigningKeyError} where the keys in the store can't be used */
export async function startSigningKeys({ ring, now, checkSeconds, onTrouble }: LiveDeps): Promise<LiveSigningKeys> {
  const listeners: Parameters<LiveSigningKeys['follow']>[0][] = [];
  let set = await ring.prepare();
  let jwks = publish(set, now());
  let [isLooking, isTroubled, isStopped] = [false, false, false];

  const namesOf = ({ keys }: Jwks) => keys.map(({ kid }) => kid).join(' ');

  async function look() {
    try {
      set = await ring.refresh();
      isTroubled = false;
    } catch (error) {
      if (!isTroubled && !isStopped) onTrouble(error);
      isTroubled = true;
    }
    // Time alone changes what a set means, also while the store is away.
    const later = publish(set, now());
    if (isStopped || namesOf(later) === namesOf(jwks)) return;
    jwks = later;
    for (const listener of listeners) listener(jwks, describeKeys(set, now()));
  }

  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => (isLooking = false));
  }, checkSeconds * 1000).unref();

  return {
    jwks: () => jwks,
    follow: (listener) => void listeners.push(listener),
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
