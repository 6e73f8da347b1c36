// Which addresses of an account a session may see: before a proof no page shows any part of another one.
import type { Account, Address } from '../../domain/accounts/account.ts';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { Channel } from '../../domain/identifiers/identifier.ts';
import { formatPhone } from '../../domain/identifiers/phone.ts';
import { findProof } from '../../domain/proofs.ts';
import type { LiveSession } from '../../protocol/interactions.ts';

const isProven = ({ proofs }: LiveSession, { key }: Address) => proofs.some((proof) => proof.key === key);

/** Who proved an email sees all; a number alone shows nothing but itself. */
export function listVisible(account: Account, session: LiveSession): Address[] {
  return findProof(session.proofs, 'email') ? account.addresses : account.addresses.filter((address) => isProven(session, address));
}

/** The address of a channel that this very session has proven, or nothing. */
export async function findProvenAddress(accounts: Accounts, session: LiveSession | undefined, channel: Channel): Promise<string> {
  const account = session && (await accounts.get(session.account));
  return account?.addresses.find((address) => address.channel === channel && isProven(session as LiveSession, address))?.address ?? '';
}

/** What a session may call its person. */
export async function nameForSession(accounts: Accounts, session: LiveSession | undefined): Promise<string> {
  const email = await findProvenAddress(accounts, session, 'email');
  const phone = email ? '' : await findProvenAddress(accounts, session, 'phone');
  return email || (phone && formatPhone(phone));
}
