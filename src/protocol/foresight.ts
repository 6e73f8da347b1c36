// What a request will read is known from its first row: a token names its grant, its session, its person and its app, and so does an
// interaction. Where the store is a network away all of them come with the first one (`foresee`, storage/port.ts).
import type { AdapterPayload } from 'oidc-provider';
import type { Accounts } from '../domain/accounts/accounts.ts';
import type { Consents } from '../domain/consents/consents.ts';
import type { Keys } from '../keys/keys.ts';
import type { Records } from '../storage/port.ts';
import type { Met, MetSessions } from './sessions/met.ts';
import type { LoginResult } from './sessions/proofs.ts';

export type Foresight = ReturnType<typeof createForesight>;

type Deps = {
  foresee: NonNullable<Records['foresee']>;
  keys: Keys;
  accounts: Pick<Accounts, 'foresee'>;
  consents: Pick<Consents, 'foresee'>;
  met: MetSessions;
  grantKey: (grantId: string) => string;
};

const tokens = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

export function createForesight({ foresee, keys, accounts, consents, met, grantKey }: Deps) {
  function foreseePerson({ account, client }: Met): void {
    accounts.foresee(account);
    if (client) consents.foresee(account, client);
  }

  function onToken({ accountId, clientId, grantId, sessionUid, expiresWithSession }: AdapterPayload): void {
    const session = sessionUid && expiresWithSession ? met.keyOf(sessionUid) : undefined;
    if (session) foresee('Session', session);
    if (accountId) foreseePerson({ account: accountId, client: clientId });
    if (grantId) foresee('Grant', grantKey(grantId));
  }

  /** Who has just signed in comes before who was signed in. */
  function onInteraction({ session, result, params }: AdapterPayload): void {
    const client = typeof params?.client_id === 'string' ? params.client_id : undefined;
    const account = (result?.login as LoginResult | undefined)?.accountId ?? session?.accountId;
    if (session?.cookie) {
      const key = keys.lookup('Session', session.cookie);
      if (session.accountId) met.noteWith(key, { account: session.accountId, client });
      foresee('Session', key);
    }
    if (account) foreseePerson({ account, client });
  }

  return {
    /** A session is about to be read; at worst rows come along that nobody needs. */
    beforeSession(key: string): void {
      foresee('Session', key);
      const last = met.lastWith(key);
      if (last) foreseePerson(last);
    },

    /** A row of the library's was found. */
    onFound(model: string, payload: AdapterPayload): void {
      if (tokens.has(model)) onToken(payload);
      else if (model === 'Interaction') onInteraction(payload);
    },
  };
}
