// What is done to a whole account: disable, enable, sign out everywhere, delete. Each decision is one write of the account's
// row, from which on nothing that was issued before is good for anything; what follows only cleans up, so that a run that was
// killed half way has lost nothing, and the same command finishes it.
import type { Consents } from '../consents/consents.ts';
import type { Failures } from '../challenges/failures.ts';
import type { Actor, DomainEvent, Events } from '../events.ts';
import { type Account, type Address, generationOf } from './account.ts';
import type { Accounts } from './accounts.ts';

/** How many sessions (browsers) and grants (sign-ins to apps, with their tokens). */
export type Ended = { sessions: number; grants: number };

/** What the protocol has issued for an account. */
export type Issued = {
  /** Removes what belongs to generations before this one; after an interruption the same call goes on. */
  removeBefore(account: string, generation: number): Promise<Ended>;
  /** What belongs to this generation. */
  count(account: string, generation: number): Promise<Ended>;
};

type Deps = { accounts: Accounts; consents: Consents; issued: Issued; failures: Failures; events: Events };

export function createLifecycle({ accounts, consents, issued, failures, events }: Deps) {
  type Type = Extract<DomainEvent['type'], 'account_disabled' | 'account_signed_out' | 'account_deleted'>;

  /** What belongs to an earlier generation; a sign-in that came after the decision stays. */
  async function endEarlier(type: Type, by: Actor, account: Account | undefined): Promise<Ended | undefined> {
    if (!account) return undefined;
    events.emit({ type, account: account.id, by });
    return issued.removeBefore(account.id, generationOf(account));
  }

  /**
   * Nobody signs in to it until it is enabled; sessions, grants and tokens have ended for good.
   * @returns undefined: there is no such account
   */
  const disable = async (id: string, by: Actor) => endEarlier('account_disabled', by, await accounts.disable(id));

  /** Consents are as they were; nothing that was issued comes back. @returns undefined: there is no such account */
  async function enable(id: string, by: Actor): Promise<Account | undefined> {
    const account = await accounts.enable(id);
    if (account) events.emit({ type: 'account_enabled', account: id, by });
    return account;
  }

  /** Signs out of every browser and app; whoever can prove the address may sign in again at once. */
  const signOutEverywhere = async (id: string, by: Actor) => endEarlier('account_signed_out', by, await accounts.endIssued(id));

  /**
   * The address is free: whoever proves it next begins a new account. What was agreed to with it releases nothing any more; sessions stay.
   * @returns the account; 'last', and nothing was done, where it has no other address; undefined: there is no such account
   */
  async function removeAddress(
    id: string,
    { channel, key }: Pick<Address, 'channel' | 'key'>,
    by: Actor,
  ): Promise<Account | 'last' | undefined> {
    const account = await accounts.removeAddress(id, key);
    if (account === undefined || account === 'last') return account;
    events.emit({ type: 'address_removed', account: id, channel, by });
    await failures.forgive(key, 'known');
    return account;
  }

  /**
   * The account and all that hangs on it. Its addresses are free: whoever proves one begins a new account, with new subjects.
   * Budgets of sends and tries, and strangers' failures, stay with the address until their time is over, or deleting would be a way
   * around them.
   * @returns undefined: there is no such account, also not one whose deletion was interrupted
   */
  async function remove(id: string, by: Actor): Promise<Ended | undefined> {
    const account = await accounts.markDeleted(id);
    if (!account) return undefined;
    events.emit({ type: 'account_deleted', account: id, by });
    const ended = await issued.removeBefore(id, Infinity);
    await consents.removeAll(id);
    await Promise.all(account.addresses.map(({ key }) => failures.forgive(key, 'known')));
    await accounts.remove(id);
    return ended;
  }

  return { disable, enable, signOutEverywhere, removeAddress, remove };
}
