// Finds a person by what an operator knows of them: an address in any spelling that the sign-in takes, the account's id, or
// what one app calls them.
import type { Keys } from '../../keys/keys.ts';
import type { Records } from '../../storage/port.ts';
import { parseEither } from '../identifiers/either.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';

/** `subjectOf`: what the app calls an account; undefined while the app has met nobody. */
export type App = { client: string; subjectOf(account: string): Promise<string | undefined> };

type Deps = { accounts: Accounts; records: Records; keys: Keys; defaultCountry: string };

const accountId = /^[\w-]{22}$/;
const pageSize = 500;

/** Answers hold accounts whose deletion was interrupted, too. */
export function createLookingUp({ accounts, records, keys, defaultCountry }: Deps) {
  // A number that was verified stays findable when its country is no longer served.
  const rules = { countries: 'all', defaultCountry, allowVoip: true } as const;

  /** @param country whose national numbers are meant, where it isn't the deployment's. @throws {AppError} what is wrong with it as an address */
  const readAddress = (text: string, country = ''): Identifier => parseEither(keys, rules, { text, country });

  /** As `readAddress`, which also throws. */
  async function find(text: string, country?: string): Promise<Account | undefined> {
    if (accountId.test(text)) return accounts.get(text, { deleted: true });
    return accounts.findByAddress(readAddress(text, country), { deleted: true });
  }

  async function* ids(kind: 'consent' | 'account', app: App): AsyncGenerator<string> {
    const where = kind === 'account' ? 'all' : ({ index: 'client', value: app.client } as const);
    for (let after: string | undefined; ;) {
      const { rows, next } = await records.list(kind, where, { limit: pageSize, after });
      for (const { key, indexes } of rows) yield indexes.account ?? key;
      if (next === undefined) return;
      after = next;
    }
  }

  /** Subjects can't be read backwards: everybody who uses the app is asked, then everybody. */
  async function findBySubject(subject: string, app: App): Promise<Account | undefined> {
    for (const kind of ['consent', 'account'] as const) {
      for await (const id of ids(kind, app)) {
        if ((await app.subjectOf(id)) === subject) return accounts.get(id, { deleted: true });
      }
    }
    return undefined;
  }

  return { readAddress, find, findBySubject };
}
