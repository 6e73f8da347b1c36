// What a request will read is known from its first row: a token names its grant, its session, its person and their consent, and so does an
// interaction. Where the store is a network away they come together (`foresee`, storage/port.ts), always after the row that leads to them:
// what another request has written before that row is seen.
import { type AdapterPayload, Provider } from 'oidc-provider';
import type { Accounts } from '../domain/accounts/accounts.ts';
import type { Consents } from '../domain/consents/consents.ts';
import type { Keys } from '../keys/keys.ts';
import type { Records } from '../storage/port.ts';
import type { MetSessions } from './sessions/met.ts';
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
  function foreseePerson(account: string, client: unknown): void {
    accounts.foresee(account);
    if (typeof client === 'string') consents.foresee(account, client);
  }

  function onToken({ accountId, clientId, grantId, sessionUid, expiresWithSession }: AdapterPayload): void {
    const session = sessionUid && expiresWithSession ? met.keyOf(sessionUid) : undefined;
    if (session) foresee('Session', session);
    if (accountId) foreseePerson(accountId, clientId);
    if (grantId) foresee('Grant', grantKey(grantId));
  }

  /** Who has just signed in comes before who was signed in. */
  function onInteraction({ session, result, params }: AdapterPayload): void {
    const account = (result?.login as LoginResult | undefined)?.accountId ?? session?.accountId;
    if (session?.cookie) {
      const key = keys.lookup('Session', session.cookie);
      if (session.accountId) met.noteAccount(key, session.accountId);
      foresee('Session', key);
    }
    if (account) foreseePerson(account, params?.client_id);
  }

  return {
    /**
     * A session is about to be read; at worst rows come along that nobody needs. Whether the person has just agreed is what the interaction
     * of a request that goes on will say: its consent has to be read after that, and only a new request names its client itself.
     */
    beforeSession(key: string): void {
      foresee('Session', key);
      const account = met.accountOf(key);
      if (account) foreseePerson(account, Provider.ctx?.query.client_id);
    },

    /** A row of the library's was found. */
    onFound(model: string, payload: AdapterPayload): void {
      if (tokens.has(model)) onToken(payload);
      else if (model === 'Interaction') onInteraction(payload);
    },
  };
}
