// The deployment's signing keys in the store: one sealed row, so that each change is one step that every node sees whole.
import { isDeepStrictEqual } from 'node:util';
import type { Records } from '../../storage/port.ts';
import type { Sealing } from '../sealing.ts';
import {
  add,
  adopt,
  empty,
  findMissing,
  findNext,
  findOld,
  hasten,
  heed,
  noticeSeconds,
  prune,
  retire,
  SigningKeyError,
} from './changes.ts';
import { describeKeys, type Algorithm, type KeyInfo, type KeySet, type PrivateJwk } from './key.ts';
import { makeSigningKey } from './make.ts';
import { readSigningRules, type SigningSettings } from './rules.ts';

export type RingDeps = {
  records: Pick<Records, 'get' | 'insert' | 'replace' | 'remove'>;
  keys: Sealing;
  now: () => number;
  settings: SigningSettings;
};

/** `algorithms`: all that are configured if left out. `soon`: sign as soon as every node knows, not only when every relying party does. */
export type Rotation = { algorithms?: readonly Algorithm[]; soon?: boolean };

export type SigningKeyRing = ReturnType<typeof createSigningKeyRing>;

type Stored = { set: KeySet; version: number };
type Make = (alg: Algorithm) => Promise<PrivateJwk>;

const kind = 'signing-keys';
const key = 'set';
const place = `${kind}:${key}`;

export function createSigningKeyRing({ records, keys, now, settings }: RingDeps) {
  const rules = readSigningRules(settings);
  const given = settings.secrets.signingKeys?.keys ?? [];
  let opened: Stored | undefined;

  /** A row that has not changed is not opened again. @throws {SigningKeyError} if it can't be opened */
  async function read(): Promise<Stored | undefined> {
    const row = await records.get<string>(kind, key);
    if (!row) return undefined;
    if (opened?.version === row.version) return opened;
    try {
      opened = { set: keys.open<KeySet>(row.value, place), version: row.version };
    } catch (cause) {
      const words = 'The signing keys in the store were not sealed by these secrets.sealingKeys. Bring back those that sealed them';
      throw new SigningKeyError(`${words}, or begin with new ones: \`latchkey keys rotate --now --force\`.`, { cause });
    }
    return opened;
  }

  /** Writes what `work` makes of the set, over that very set only; who comes second begins anew with what the first has written. */
  async function change(work: (set: KeySet, make: Make) => Promise<KeySet>): Promise<KeySet> {
    const made = new Map<Algorithm, PrivateJwk>();
    const make: Make = async (alg) => {
      const jwk = made.get(alg) ?? (await makeSigningKey(alg));
      made.set(alg, jwk);
      return jwk;
    };
    for (;;) {
      const before = await read();
      const set = await work(before?.set ?? empty, make);
      if (before && isDeepStrictEqual(set, before.set)) return before.set;
      const sealed = keys.seal(set, place);
      const done = before ? await records.replace(kind, key, sealed, before.version) : await records.insert(kind, key, sealed);
      if (done) return set;
    }
  }

  async function addEach(set: KeySet, jwks: Promise<PrivateJwk>[], inSeconds: number): Promise<KeySet> {
    const times = { now: now(), inSeconds, keepSeconds: rules.keepSeconds };
    return (await Promise.all(jwks)).reduce((grown, jwk) => add(grown, jwk, times), set);
  }

  const keepUp = async (set: KeySet, make: Make) =>
    addEach(
      prune(set, now()),
      findOld(set, rules, now()).map((alg) => make(alg)),
      rules.publishSeconds,
    );

  /** At the start of a node: makes what is missing, takes over what the secrets bring, heeds the settings. @throws {SigningKeyError} */
  const prepare = () =>
    change(async (before, make) => {
      const set = heed(adopt(before, given, { now: now(), rules }), rules, now());
      const missing = findMissing(set, rules).map((alg) => make(alg));
      return keepUp(await addEach(set, missing, 0), make);
    });

  return {
    prepare,

    /** From time to time: reads what others did, publishes a successor where it is time, and removes what nobody needs. */
    async refresh(): Promise<KeySet> {
      const stored = await read();
      if (!stored) return prepare();
      const isDue = prune(stored.set, now()) !== stored.set || findOld(stored.set, rules, now()).length > 0;
      return isDue ? change(keepUp) : stored.set;
    },

    /** Empty before a node has started once. */
    list: async (): Promise<KeyInfo[]> => describeKeys((await read())?.set ?? empty, now()),

    /** Publishes new keys that sign later; answers them. @throws {SigningKeyError} where one waits already, unless it is hastened */
    async rotate({ algorithms = rules.algorithms, soon = false }: Rotation = {}): Promise<KeyInfo[]> {
      const inSeconds = soon ? noticeSeconds : rules.publishSeconds;
      let kids: string[] = [];
      const set = await change(async (before, make) => {
        const waiting = algorithms.map((alg) => findNext(before, alg, now())).filter((next) => next !== undefined);
        if (waiting[0] && !soon) {
          const { jwk, signsFrom } = waiting[0];
          throw new SigningKeyError(
            `${jwk.kid} is published already, and signs from ${new Date(signsFrom).toISOString()}. --now hastens it.`,
          );
        }
        const made = await Promise.all(algorithms.filter((alg) => !waiting.some((next) => next.alg === alg)).map((alg) => make(alg)));
        kids = [...waiting.map(({ jwk }) => jwk.kid), ...made.map(({ kid }) => kid)];
        const hastened = waiting.reduce((grown, { jwk }) => hasten(grown, jwk.kid, now() + noticeSeconds * 1000), before);
        return addEach(
          hastened,
          made.map(async (jwk) => jwk),
          inSeconds,
        );
      });
      return describeKeys(set, now()).filter(({ kid }) => kids.includes(kid));
    },

    /** Takes a key out; a key that signs has a successor at once. @throws {SigningKeyError} while it is needed, unless it is forced */
    async retire(kid: string, force: boolean): Promise<KeyInfo[]> {
      const set = await change(async (before, make) => {
        const { set: rest, orphan } = retire(before, kid, { now: now(), force });
        return addEach(rest, orphan && rules.algorithms.includes(orphan) ? [make(orphan)] : [], 0);
      });
      return describeKeys(set, now());
    },

    /** Forgets a set that can't be opened any more. */
    discard: () => records.remove(kind, key),
  };
}
