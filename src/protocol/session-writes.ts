// A session that has ended stays ended. The library loads a session at the beginning of a request and writes it back at the
// end, so that a request in flight during a sign-out would bring it back to life. Here a request may only write a session
// that it found if it is still there, and a session that changes its id must still have been there under the old one.
import type { Context } from 'koa';
import { Provider } from 'oidc-provider';
import type { Meta, Records, Row } from '../storage/port.ts';

/** What one request knows: the versions that it read, and whether the session turned out to be gone under its hands. */
type Known = { versions: Map<string, number>; gone: boolean };

type Write = { key: string; value: string; meta: Meta };

const kind = 'Session';
const attempts = 20;

export function createSessionWrites(records: Records) {
  const known = new WeakMap<object, Known>();

  function ofRequest(): Known {
    const ctx = Provider.ctx;
    const fresh = { versions: new Map<string, number>(), gone: false };
    if (!ctx) return fresh;
    const before = known.get(ctx);
    if (before) return before;
    known.set(ctx, fresh);
    return fresh;
  }

  /** The last writer wins, but never over an end. */
  async function overwrite({ key, value, meta }: Write, version: number): Promise<void> {
    let expected: number | undefined = version;
    for (let attempt = 0; attempt < attempts && expected !== undefined; attempt += 1) {
      if (await records.replace(kind, key, value, expected, meta)) {
        ofRequest().versions.set(key, expected + 1);
        return;
      }
      expected = (await records.get(kind, key))?.version;
    }
    ofRequest().gone = true;
  }

  return {
    noteRead(key: string, row: Row | undefined): void {
      if (row) ofRequest().versions.set(key, row.version);
    },

    async write(key: string, value: string, meta: Meta): Promise<void> {
      const { versions, gone } = ofRequest();
      const version = versions.get(key);
      if (version !== undefined) return overwrite({ key, value, meta }, version);
      if (gone) return;
      if (await records.insert(kind, key, value, meta)) versions.set(key, 1);
    },

    /**
     * A session that holds nothing gets no row and no cookie. It is what the library makes of a cookie that it doesn't know:
     * perhaps one that was right when the request left, while the answer with its successor was on the way.
     */
    passOver(): void {
      ofRequest().gone = true;
    },

    async end(key: string): Promise<void> {
      const removed = await records.remove(kind, key);
      const request = ofRequest();
      // Somebody else ended it after this request had read it.
      if (!removed && request.versions.has(key)) request.gone = true;
    },

    /** A write that was dropped must not leave its cookie with the browser, where it would push out a newer one. */
    dropCookie(ctx: Context, name: string): void {
      if (!known.get(ctx)?.gone) return;
      const cookies = [ctx.response.get('set-cookie')]
        .flat()
        .filter((cookie) => cookie && !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`));
      ctx.remove('set-cookie');
      if (cookies.length > 0) ctx.set('set-cookie', cookies);
    },
  };
}

export type SessionWrites = ReturnType<typeof createSessionWrites>;
