// What was issued for one account, as a whole: counted, and cleaned away page by page, so that however much it is, no single
// step holds up the store. Whether any of it is still good for something is never decided here (see generations).
import type { AdapterPayload } from 'oidc-provider';
import type { Ended, Issued } from '../../domain/accounts/lifecycle.ts';
import type { LogoutNotices } from '../../domain/logout-notices.ts';
import type { Keys } from '../../keys/keys.ts';
import type { KeyedRow, Storage } from '../../storage/port.ts';
import { generationIn } from '../sessions/generations.ts';
import type { Revocation } from './revocation.ts';

const pageSize = 100;

type Deps = { storage: Storage; keys: Keys; revocation: Pick<Revocation, 'revokeGrant'>; notices: Pick<LogoutNotices, 'addAll'> };

export function createIssued({ storage, keys, revocation, notices }: Deps): Issued {
  const { records } = storage;

  /** Pages go by key, so that what is removed on the way, or comes in between, moves nothing past the reader. */
  async function* pagesOf(kind: string, account: string): AsyncGenerator<KeyedRow<string>[]> {
    for (let after: string | undefined; ;) {
      const { rows, next } = await records.list<string>(kind, { index: 'account', value: account }, { limit: pageSize, after });
      yield rows;
      if (next === undefined) return;
      after = next;
    }
  }

  const open = (kind: string, { key, value }: KeyedRow<string>) => keys.open<AdapterPayload>(value, `${kind}:${key}`);

  async function removeEach(kind: string, where: { account: string; before: number }, remove: (row: KeyedRow<string>) => Promise<unknown>) {
    let removed = 0;
    for await (const page of pagesOf(kind, where.account)) {
      const over = page.filter((row) => generationIn(open(kind, row)) < where.before);
      await Promise.all(over.map(remove));
      removed += over.length;
    }
    return removed;
  }

  /** Refresh tokens that an interruption parted from their grant. */
  async function removeParted(account: string): Promise<void> {
    for await (const page of pagesOf('RefreshToken', account)) {
      await Promise.all(
        page.map(async ({ key, indexes }) => {
          if (!(await records.get('Grant', indexes.grant ?? ''))) await records.remove('RefreshToken', key);
        }),
      );
    }
  }

  /** A grant takes its tokens and codes along. */
  async function removeBefore(account: string, before: number): Promise<Ended> {
    const where = { account, before };
    const sessions = await removeEach('Session', where, async (row) => {
      // Said first: while the row is there, a command that was interrupted says it when it is given again.
      await notices.addAll(open('Session', row));
      await records.remove('Session', row.key);
    });
    const grants = await removeEach('Grant', where, ({ key }) => revocation.revokeGrant(key));
    await removeParted(account);
    return { sessions, grants };
  }

  async function count(account: string, generation: number): Promise<Ended> {
    const ofKind = async (kind: string) => {
      let found = 0;
      for await (const page of pagesOf(kind, account)) found += page.filter((row) => generationIn(open(kind, row)) === generation).length;
      return found;
    };
    return { sessions: await ofKind('Session'), grants: await ofKind('Grant') };
  }

  return { removeBefore, count };
}
