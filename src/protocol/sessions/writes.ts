// A session that has ended stays ended, and one that two requests change at once keeps both changes. The library loads a
// session at the beginning of a request and writes it back at the end: a request in flight during a sign-out would bring it
// back to life, and the slower of two would undo the other. Here a request only writes over the version that it found; where
// another came in between it merges, also where the session has got a new id; where the session is gone it writes nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'koa';
import { type AdapterPayload, Provider } from 'oidc-provider';
import type { Keys } from '../../keys/keys.ts';
import type { Meta, Records, Row } from '../../storage/port.ts';
import { perRequest } from '../per-request.ts';
import { mergeSessions } from './merge.ts';

type Found = { version: number; sealed: string; uid?: string };

/** What one request knows: what it read, the id that it is about to leave, and whether its cookie is worth anything. */
type Known = { found: Map<string, Found>; leaving?: string; dropsCookie: boolean };

const knownTo = perRequest((): Known => ({ found: new Map(), dropsCookie: false }));

type Write = { key: string; payload: AdapterPayload; meta: Meta };

const kind = 'Session';
const attempts = 20;
/** Longer than any request takes. */
const endedMs = 600_000;

export function createSessionWrites({ records, keys, now }: { records: Records; keys: Keys; now: () => number }) {
  const seal = (payload: AdapterPayload, key: string) => keys.seal(payload, `${kind}:${key}`);
  const open = (sealed: string, key: string) => keys.open<AdapterPayload>(sealed, `${kind}:${key}`);

  function ofRequest(): Known {
    return knownTo(Provider.ctx ?? {});
  }

  /** The session under another id: it was only renamed. */
  async function findRenamed(meta: Meta, except: string): Promise<(Row<string> & { key: string }) | undefined> {
    const uid = meta.indexes?.uid;
    if (uid === undefined) return undefined;
    const { rows } = await records.list<string>(kind, { index: 'uid', value: uid }, { limit: 2 });
    return rows.find(({ key }) => key !== except);
  }

  /** Between the two steps of another request's rename the session is nowhere, for a moment. */
  async function waitForRenamed(meta: Meta, except: string) {
    for (let look = 0; look < 10; look += 1) {
      const renamed = await findRenamed(meta, except);
      if (renamed) return renamed;
      if (await hasEnded(meta.indexes?.uid)) return undefined;
      await sleep(20);
    }
    return undefined;
  }

  async function hasEnded(uid: string | undefined): Promise<boolean> {
    return uid !== undefined && (await records.get('ended', uid)) !== undefined;
  }

  /** Lays what this request has changed over what is there now; `base` is what the request began with. */
  async function mergeInto(key: string, base: AdapterPayload, { payload, meta }: Write): Promise<boolean> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const row = await records.get<string>(kind, key);
      const merged = row && mergeSessions(base, payload, open(row.value, key));
      if (!row || !merged) return false;
      if (await records.replace(kind, key, seal(merged, key), row.version, meta)) return true;
    }
    return false;
  }

  async function overwrite(write: Write, { version, sealed }: Found): Promise<void> {
    const { key, payload, meta } = write;
    if (await records.replace(kind, key, seal(payload, key), version, meta)) {
      ofRequest().found.set(key, { version: version + 1, sealed, uid: meta.indexes?.uid });
      return;
    }
    const base = open(sealed, key);
    if (await mergeInto(key, base, write)) return;
    ofRequest().dropsCookie = true;
    const renamed = await waitForRenamed(meta, key);
    if (renamed) await mergeInto(renamed.key, base, write);
  }

  async function insert({ key, payload, meta }: Write): Promise<void> {
    const sealed = seal(payload, key);
    if (await records.insert(kind, key, sealed, meta)) ofRequest().found.set(key, { version: 1, sealed, uid: meta.indexes?.uid });
  }

  /** Whoever takes the old id away writes the new one; who finds it gone was overtaken, and lays its changes over the other's. */
  async function rename(write: Write, from: string): Promise<void> {
    const { key, meta } = write;
    const request = ofRequest();
    const base = request.found.get(from);
    request.leaving = undefined;
    // Until all is well the browser keeps the cookie that it has.
    request.dropsCookie = true;
    if (await records.remove(kind, from)) {
      await insert(write);
      // A sign-out that ran in between found neither id, and has said so beforehand.
      if (await hasEnded(meta.indexes?.uid)) await records.remove(kind, key);
      else request.dropsCookie = false;
      return;
    }
    const renamed = base && (await waitForRenamed(meta, key));
    if (renamed) await mergeInto(renamed.key, open(base.sealed, from), write);
  }

  return {
    noteRead(key: string, row: Row): void {
      ofRequest().found.set(key, { version: row.version, sealed: row.value as string, uid: row.indexes.uid });
    },

    async write(write: Write): Promise<void> {
      const { key, payload } = write;
      const request = ofRequest();
      const found = request.found.get(key);
      if (found) return overwrite(write, found);
      if (request.leaving !== undefined) return rename(write, request.leaving);
      // Holding nothing, it is what the library makes of a cookie that it doesn't know: perhaps one that was right when the
      // request left, while the answer with its successor was on the way.
      if (!payload.accountId && !payload.state) request.dropsCookie = true;
      else await insert(write);
    },

    /** @param renamed the session goes on under a new id, which is written next */
    async end(key: string, renamed: boolean): Promise<void> {
      const request = ofRequest();
      const found = request.found.get(key);
      if (renamed && found) {
        request.leaving = key;
        return;
      }
      // Said first: a request that is about to give it a new id hears of it. Then it ends under every id.
      if (found?.uid !== undefined) await records.put('ended', found.uid, true, { expiresAt: now() + endedMs });
      await records.remove(kind, key);
      if (found?.uid !== undefined) await records.removeAll(kind, 'uid', found.uid);
    },

    /** A write that was dropped must not leave its cookie with the browser, where it would push out a newer one. */
    dropCookie(ctx: Context, name: string): void {
      if (!knownTo(ctx).dropsCookie) return;
      const cookies = [ctx.response.get('set-cookie')]
        .flat()
        .filter((cookie) => cookie && !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`));
      ctx.remove('set-cookie');
      if (cookies.length > 0) ctx.set('set-cookie', cookies);
    },
  };
}

export type SessionWrites = ReturnType<typeof createSessionWrites>;
