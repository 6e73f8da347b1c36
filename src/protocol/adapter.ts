// The protocol library's storage seam: its models over our two homes. Ids are stored hashed, payloads sealed whole (they
// hold session ids, login hints, pushed requests), and a single use is one atomic mark.
import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider';
import type { Keys } from '../keys/keys.ts';
import type { Indexes, Mark, Storage } from '../storage/port.ts';
import type { Foresight } from './foresight.ts';
import { keepPushedRequest, refuseLongRequest, refuseWithoutOpenid, takeForUsed } from './interactions/request-rows.ts';
import type { Generations } from './sessions/generations.ts';
import type { MetSessions } from './sessions/met.ts';
import { deniesToBe } from './tokens/marks.ts';
import type { RefreshRotation } from './tokens/refresh-rotation.ts';
import type { Revocation } from './tokens/revocation.ts';
import type { SessionWrites } from './sessions/writes.ts';

/** Models whose loss would sign people out or break a promise; everything else may be lost safely. */
const durable = new Set(['Session', 'Grant', 'RefreshToken', 'InitialAccessToken', 'RegistrationAccessToken']);

/** Tokens that the library destroys only to revoke all that was granted with them. */
const revoked = new Set(['AccessToken', 'RefreshToken']);

/** The library gives every expiring model a life; a version that forgot to must not make one immortal. */
const lastResortSeconds = 3600;

/** A device, and who signs in for it, are told that its code has expired; the library checks the expiry by itself. */
const outlives = (model: string, interactionSeconds: number) => (model === 'DeviceCode' ? interactionSeconds : 0);

export type AdapterDeps = {
  storage: Storage;
  keys: Keys;
  now: () => number;
  lifetimes: { interactionSeconds: number };
  /** How long the parameters of a request may be. */
  requestCharacters: number;
  rotation: RefreshRotation;
  revocation: Revocation;
  sessionWrites: SessionWrites;
  generations: Generations;
  clientAdapter: Adapter;
  met: MetSessions;
  /** Where the store is a network away. */
  foresight: Foresight | undefined;
};

export function createAdapterFactory(deps: AdapterDeps) {
  return (model: string): Adapter => (model === 'Client' ? deps.clientAdapter : createAdapter(model, deps));
}

function createAdapter(model: string, deps: AdapterDeps): Adapter {
  const { storage, keys, now, lifetimes, requestCharacters, rotation, revocation, sessionWrites, generations, met, foresight } = deps;
  const { records, expiring } = storage;
  const home = durable.has(model) ? records : expiring;
  const keyOf = (id: string) => keys.lookup(model, id);
  const place = (key: string) => `${model}:${key}`;
  const open = (row: { value: string }, key: string) => keys.open<AdapterPayload>(row.value, place(key));

  function indexesOf(payload: AdapterPayload): Indexes {
    const { accountId, clientId, grantId, uid, userCode } = payload;
    const found = { uid: uid && keys.lookup('uid', uid), userCode: userCode && keys.lookup('user-code', userCode) };
    if (durable.has(model)) return { ...found, account: accountId, client: clientId, grant: grantId && revocation.grantKey(grantId) };
    // What expires soon ends with its grant, which it loads; only what has none is looked for by its client. Each index of a row
    // costs as much as the row.
    return grantId ? found : { ...found, client: clientId };
  }

  /** What has ended with its account's generation is as good as gone. */
  async function read(id: string, payload: AdapterPayload, row: { markedAt?: number }): Promise<AdapterPayload | undefined> {
    if (await generations.isOver(model, payload)) return undefined;
    return { ...payload, jti: id, ...(row.markedAt === undefined ? {} : { consumed: Math.floor(row.markedAt / 1000) }) };
  }

  /** Rows found by an index don't carry their id in the key; it is sealed with the payload. */
  async function findByIndex(index: 'uid' | 'userCode', value: string): Promise<AdapterPayload | undefined> {
    const rows = durable.has(model)
      ? (await records.list<string>(model, { index, value }, { limit: 1 })).rows
      : await expiring.list<string>(model, index, value);
    const [row] = rows;
    if (!row) return undefined;
    const payload = open(row, row.key);
    if (model === 'Session' && index === 'uid') met.noteKey(payload.uid as string, row.key);
    return read(payload.jti as string, payload, row);
  }

  async function findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const key = met.keyOf(uid);
    const row = key && (await home.get<string>(model, key));
    const payload = row && open(row, key);
    if (payload && payload.uid === uid) return read(payload.jti as string, payload, row);
    return findByIndex('uid', keys.lookup('uid', uid));
  }

  /**
   * The grant goes before everything that hangs on it: a revocation that was cut short, and is repeated, finds its token again
   * or has done its work.
   */
  async function endGrantOf(key: string): Promise<void> {
    const row = await home.get<string>(model, key);
    const grantId = row && open(row, key).grantId;
    if (grantId) await records.remove('Grant', revocation.grantKey(grantId));
  }

  /** `seconds`: how long its sign-in has from now on. */
  function keepPushed(id: string, seconds: number): Promise<void> {
    const time = now();
    return keepPushedRequest(expiring, keys.lookup('PushedAuthorizationRequest', id), { until: time + seconds * 1000, now: time });
  }

  return {
    async upsert(id, payload, expiresIn) {
      refuseLongRequest(model, payload, requestCharacters);
      refuseWithoutOpenid();
      const key = keyOf(id);
      const indexes = indexesOf(payload);
      const ttl = (expiresIn ?? lastResortSeconds) + outlives(model, lifetimes.interactionSeconds);
      const meta = { indexes, expiresAt: expiresIn === undefined ? undefined : now() + expiresIn * 1000 };
      if (model === 'Session' && payload.uid) met.noteKey(payload.uid, key);
      if (model === 'Session') return sessionWrites.write({ key, payload, meta });
      const value = keys.seal(payload, place(key));
      if (home === expiring) {
        if (model === 'Interaction' && payload.parJti) await keepPushed(payload.parJti, ttl);
        return expiring.put(model, key, value, ttl, indexes);
      }
      if (model === 'RefreshToken') return rotation.insert(key, value, meta);
      return records.put(model, key, value, meta);
    },

    async find(id) {
      if (deniesToBe(model, id)) return undefined;
      const key = keyOf(id);
      if (model === 'Session') foresight?.beforeSession(key);
      const row = await home.get<string>(model, key);
      if (!row) return takeForUsed(model, id, now());
      const mayRetry = model === 'RefreshToken' && (await rotation.mayRetry(id, row));
      const found = open(row, key);
      foresight?.onFound(model, found);
      const payload = await read(id, found, mayRetry ? {} : row);
      if (model === 'Session' && payload) sessionWrites.noteRead(key, row);
      return payload;
    },

    findByUid,
    findByUserCode: (userCode) => findByIndex('userCode', keys.lookup('user-code', userCode)),

    async consume(id) {
      const key = keyOf(id);
      const mark: Mark = await home.mark(model, key);
      if (mark !== 'first') await revocation.onSecondUse(model, key, mark);
    },

    async destroy(id) {
      const session = Provider.ctx?.oidc.session as { oldId?: string } | undefined;
      if (model === 'Session') return sessionWrites.end(keyOf(id), session?.oldId === id);
      const key = keyOf(id);
      if (revoked.has(model)) await endGrantOf(key);
      await home.remove(model, key);
    },

    async revokeByGrantId(grantId) {
      const grant = revocation.grantKey(grantId);
      await records.remove('Grant', grant);
      if (home === records) await records.removeAll(model, 'grant', grant);
    },
  };
}
