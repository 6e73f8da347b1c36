// The deployment's signing keys in the store: one sealed row, so that each change is one step that every node sees whole.
import { isDeepStrictEqual } from 'node:util';
import type { Records } from '../../storage/port.ts';
import type { Sealing } from '../sealing.ts';
import {
  add,
  adopt,
  chooseAlgorithms,
  empty,
  findMissing,
  findNext,
  findOld,
  hasten,
  heed,
  noticeSeconds,
  prune,
  refuseSecond,
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

/** `alg`: all that sign if left out. `soon`: sign as soon as every node knows, not only when every relying party does. */
export type Rotation = { alg?: string; soon?: boolean };

export class UnreadableKeysError extends SigningKeyError {}

export type SigningKeyRing = ReturnType<typeof createSigningKeyRing>;

type Stored = { set: KeySet; version: number; sealed: string };
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
    if (opened?.version === row.version && opened.sealed === row.value) return opened;
    try {
      opened = { set: keys.open<KeySet>(row.value, place), version: row.version, sealed: row.value };
    } catch (cause) {
      const words = 'The signing keys in the store were not sealed by these secrets.sealingKeys. Bring back those that sealed them';
      throw new UnreadableKeysError(`${words}, or begin with new ones: \`latchkey keys rotate --now --force\`.`, { cause });
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

  const addEach = (set: KeySet, jwks: readonly PrivateJwk[], inSeconds: number) =>
    jwks.reduce((grown, jwk) => add(grown, jwk, { now: now(), inSeconds, keepSeconds: rules.keepSeconds }), set);

  const keepUp = async (set: KeySet, make: Make) =>
    addEach(prune(set, now()), await Promise.all(findOld(set, rules, now()).map(make)), rules.publishSeconds);

  /** At the start of a node: makes what is missing, takes over what the secrets bring, heeds the settings. @throws {SigningKeyError} */
  const prepare = () =>
    change(async (before, make) => {
      const set = heed(adopt(before, given, { now: now(), rules }), rules, now());
      return keepUp(addEach(set, await Promise.all(findMissing(set, rules).map(make)), 0), make);
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
    async rotate({ alg, soon = false }: Rotation = {}): Promise<KeyInfo[]> {
      let kids: string[] = [];
      const set = await change(async (before, make) => {
        const algorithms = chooseAlgorithms(before, alg, now());
        const waiting = algorithms.map((each) => findNext(before, each, now())).filter((next) => next !== undefined);
        if (waiting[0] && !soon) refuseSecond(waiting[0]);
        const hastened = waiting.reduce((grown, { jwk }) => hasten(grown, jwk.kid, now() + noticeSeconds * 1000), before);
        const made = await Promise.all(algorithms.filter((each) => !waiting.some((next) => next.alg === each)).map(make));
        kids = [...waiting.map(({ jwk }) => jwk.kid), ...made.map(({ kid }) => kid)];
        return addEach(hastened, made, soon ? noticeSeconds : rules.publishSeconds);
      });
      return describeKeys(set, now()).filter(({ kid }) => kids.includes(kid));
    },

    /** Takes a key out; one that signed has a successor at once. @throws {SigningKeyError} while it is needed, unless it is forced */
    async retire(kid: string, force: boolean): Promise<KeyInfo[]> {
      const set = await change(async (before, make) => {
        const { set: rest, orphan } = retire(before, kid, { now: now(), force });
        return addEach(rest, orphan ? [await make(orphan)] : [], 0);
      });
      return describeKeys(set, now());
    },

    /** Forgets a set that can't be opened any more. */
    discard: () => records.remove(kind, key),
  };
}
