// What `latchkey users` does with the person that was found, and what it says of it.
import type { Users } from '../../operator.ts';
import { type Account, appToJson, describe, describeOne, statusOf, toJson } from './report.ts';

/** `words` for people, `data` for programs. Codes: 0 done, 1 not found or refused, 2 wrongly called. */
export type Said = { code: 0 | 1 | 2; words: string; data: Record<string, unknown> };

export type Desk = {
  users: Users;
  /** What `remove-address` is to remove, as it was typed. */
  address?: { text: string; country: string };
  /** @returns what to say instead, where the operator doesn't confirm */
  confirm(question: string): Promise<Said | undefined>;
};

export type Act = (account: Account, desk: Desk) => Promise<Said>;

const refuse = (words: string): Said => ({ code: 1, words, data: { error: words } });
const done = (words: string, data: Record<string, unknown>): Said => ({ code: 0, words, data });

/** Between finding somebody and the decision somebody else has deleted them. */
const gone = refuse('That account has just been deleted.');

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
const ended = ({ sessions, grants }: { sessions: number; grants: number }) =>
  `Ended: ${plural(sessions, 'session')}, ${plural(grants, 'sign-in')} to apps with all tokens.`;

export const find: Act = async (account) => done(describe([account]), { users: [toJson(account)] });

export const show: Act = async (account, { users }) => {
  const [issued, consents] = await Promise.all([users.countIssued(account.id, account.generation ?? 0), users.consentsOf(account.id)]);
  const details = { account, consents, ...issued };
  return done(describeOne(details), { user: { ...toJson(account), ...issued, apps: consents.map(appToJson) } });
};

/** Half a deletion is finished, and nothing else is done with it. */
function refuseHalf(account: Account): Said | undefined {
  if (statusOf(account) !== 'being deleted') return undefined;
  return refuse(`The deletion of ${account.id} was interrupted. Finish it: \`latchkey users delete ${account.id}\``);
}

export const disable: Act = async (account, { users }) => {
  const half = refuseHalf(account);
  if (half) return half;
  const result = await users.disable(account.id, 'operator');
  if (!result) return gone;
  const words = `Disabled ${account.id}: nobody signs in to it until it is enabled. ${ended(result)}`;
  return done(words, { id: account.id, status: 'disabled', ended: result });
};

export const enable: Act = async (account, { users }) => {
  const half = refuseHalf(account);
  if (half) return half;
  if (!(await users.enable(account.id, 'operator'))) return gone;
  const words = `Enabled ${account.id}. What they agreed to is as it was; they sign in anew, since nothing that was issued comes back.`;
  return done(words, { id: account.id, status: 'active' });
};

export const endSessions: Act = async (account, { users }) => {
  const half = refuseHalf(account);
  if (half) return half;
  const result = await users.signOutEverywhere(account.id, 'operator');
  if (!result) return gone;
  return done(`Signed ${account.id} out everywhere. ${ended(result)}`, { id: account.id, ended: result });
};

export const removeAddress: Act = async (account, { users, confirm, address }) => {
  const half = refuseHalf(account);
  if (half) return half;
  const { channel, key } = users.readAddress(address?.text ?? '', address?.country);
  if (!account.addresses.some((each) => each.key === key)) return refuse(`${account.id} has no such address.`);
  const question = `${describe([account])}\n\nThis takes the ${channel === 'phone' ? 'number' : 'email address'} from the account. Whoever proves it next begins a new one.`;
  const refused = await confirm(question);
  if (refused) return refused;
  const result = await users.removeAddress(account.id, { channel, key }, 'operator');
  if (!result) return gone;
  if (result === 'last')
    return refuse('It is their only address: nobody could sign in any more. `latchkey users delete` deletes the account.');
  return done(`Removed it from ${account.id}. Sessions stay: \`latchkey users end-sessions\` ends them.`, { user: toJson(result) });
};

export const remove: Act = async (account, { users, confirm }) => {
  const question = `${describe([account])}\n\nThis deletes the account, its addresses and consents, and ends all sessions and tokens. It can't be undone.`;
  const refused = await confirm(question);
  if (refused) return refused;
  const result = await users.remove(account.id, 'operator');
  if (!result) return gone;
  return done(`Deleted ${account.id}. Its addresses are free. ${ended(result)}`, { id: account.id, status: 'deleted', ended: result });
};
