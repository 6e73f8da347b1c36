// A deployment's signing keys over a store and a clock of the test's own; several nodes are several rings over one store.
import { schema } from '../../src/config/schema/index.ts';
import { generateSecrets } from '../../src/keys/generate.ts';
import { createKeys } from '../../src/keys/keys.ts';
import type { Algorithm, KeyInfo, PrivateJwk } from '../../src/keys/signing/key.ts';
import { createSigningKeyRing } from '../../src/keys/signing/ring.ts';
import type { Storage } from '../../src/storage/port.ts';
import { openTestStorage } from '../helpers/store.ts';
import { startClock } from '../storage/clock.ts';

export const minute = 60_000;
export const day = 86_400_000;

type Settings = {
  algorithms?: Algorithm[];
  publishSeconds?: number;
  rotateDays?: number;
  lifetimes?: { idTokenSeconds?: number; sessionSeconds?: number };
  given?: PrivateJwk[];
};

export const secrets = generateSecrets();

export async function openDeployment(alter: (storage: Storage) => Storage = (sound) => sound) {
  const storage = alter(await openTestStorage());
  const clock = startClock();
  const { now } = clock;

  return {
    storage,
    now,
    /** Milliseconds. */
    advance: (ms: number) => clock.advance(ms),
    /** A node, or the command line: what one process knows. `algorithms`: ES256 alone if left out, which is made at once. */
    ring({ lifetimes, given, algorithms = ['ES256'], ...signingKeys }: Settings = {}, sealedBy = secrets) {
      const settings = schema.parse({ signingKeys: { algorithms, ...signingKeys }, lifetimes });
      const all = { ...settings, secrets: given ? { signingKeys: { keys: given } } : {} };
      return createSigningKeyRing({ records: storage.records, keys: createKeys(sealedBy), now, settings: all });
    },
    close: () => storage.close(),
  };
}

/** What there is, as `kid state` without what is random in a kid. */
export const states = (known: readonly KeyInfo[]) => known.map(({ alg, state, source }) => `${alg} ${state} ${source}`);
