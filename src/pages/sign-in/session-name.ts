// What a session may call its person: an address that this very session has proven, never another one of the account.
import type { Accounts } from '../../domain/accounts/accounts.ts';
import { formatPhone } from '../../domain/identifiers/phone.ts';
import type { LiveSession } from '../../protocol/interactions.ts';

export async function nameForSession(accounts: Accounts, session: LiveSession | undefined): Promise<string> {
  const account = session && (await accounts.get(session.account));
  const proven = account?.addresses.filter(({ key }) => session?.proofs.some((proof) => proof.key === key)) ?? [];
  const email = proven.find(({ channel }) => channel === 'email');
  const phone = proven.find(({ channel }) => channel === 'phone');
  return email?.address ?? (phone ? formatPhone(phone.address) : '');
}
