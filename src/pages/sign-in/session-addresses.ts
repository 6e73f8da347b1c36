// Which addresses of an account a session may see: before a proof no page shows any part of another one.
import type { Account, Address } from '../../domain/accounts/account.ts';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { Channel } from '../../domain/identifiers/identifier.ts';
import { formatPhone } from '../../domain/identifiers/phone.ts';
import { findProof } from '../../domain/proofs.ts';
import type { LiveSession as WholeSession } from '../../protocol/interactions/interactions.ts';

/** Who is signed in, and by what. */
type LiveSession = Pick<WholeSession, 'account' | 'proofs'>;

const isProven = ({ proofs }: LiveSession, { key }: Address) => proofs.some((proof) => proof.key === key);

/** Who proved an email sees all; a number alone shows nothing but itself. */
export function listVisible(account: Account, session: LiveSession): Address[] {
  return findProof(session.proofs, 'email') ? account.addresses : account.addresses.filter((address) => isProven(session, address));
}

/** The address of a channel that this very session has proven, or nothing. */
export async function findProvenAddress(accounts: Accounts, session: LiveSession | undefined, channel: Channel): Promise<string> {
  const account = session && (await accounts.get(session.account));
  return account ? pickProven(account, session, channel) : '';
}

const pickProven = (account: Account, session: LiveSession, channel: Channel) =>
  account.addresses.find((address) => address.channel === channel && isProven(session, address))?.address ?? '';

/** What a session may call its person. */
export function nameForSession(account: Account, session: LiveSession): string {
  const phone = pickProven(account, session, 'phone');
  return pickProven(account, session, 'email') || (phone && formatPhone(phone));
}
