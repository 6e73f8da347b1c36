// A session and a grant belong to one generation of their account. Disabling, deleting and signing out everywhere begin the
// next one: with that one write all of them have ended, also those that a request in flight is only about to write.
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { type Account, generationOf } from '../../domain/accounts/account.ts';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import { perRequest } from '../per-request.ts';
import type { LoginResult } from './proofs.ts';

/** Models that end with their account's generation; tokens and codes end with their grant. */
const models = new Set(['Session', 'Grant']);

export type Generations = ReturnType<typeof createGenerations>;

export function createGenerations({ accounts }: { accounts: Pick<Accounts, 'get'> }) {
  const read = perRequest(() => new Map<string, Promise<Account | undefined>>());

  /** One request sees one state of an account, and reads it once. */
  function load(id: string): Promise<Account | undefined> {
    const ctx = Provider.ctx;
    if (!ctx) return accounts.get(id);
    const known = read(ctx);
    const account = known.get(id) ?? accounts.get(id);
    known.set(id, account);
    return account;
  }

  /** The account, if somebody may act as it. */
  async function findActive(id: string): Promise<Account | undefined> {
    const account = await load(id);
    return account?.disabled ? undefined : account;
  }

  /** The account of a session, if the session has not ended with an earlier generation. */
  async function findCurrent(id: string, generation: number): Promise<Account | undefined> {
    const account = await findActive(id);
    return account && generationOf(account) === generation ? account : undefined;
  }

  async function isOver(model: string, payload: { accountId?: string; generation?: unknown }): Promise<boolean> {
    if (!models.has(model) || payload.accountId === undefined) return false;
    return !(await findCurrent(payload.accountId, generationIn(payload)));
  }

  return { findActive, findCurrent, isOver };
}

/** What a session or a grant says; one from before there were any belongs to the first. */
export const generationIn = (stored: unknown): number => generationOf(stored as { generation?: number });

/** The generation that this request acts in: that of the sign-in which it ends, else its session's. */
export function generationHere({ oidc }: KoaContextWithOIDC): number {
  const login = oidc.result?.login as LoginResult | undefined;
  return generationIn(login ?? oidc.session);
}
