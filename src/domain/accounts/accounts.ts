// Accounts and who owns which address. Ownership is one insert: of fifty first sign-ins in parallel, one makes the account.
import { randomBytes } from 'node:crypto';
import type { Keys } from '../../keys/keys.ts';
import type { Records } from '../../storage/port.ts';
import type { Events } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import { sealedRecords } from '../sealed-rows.ts';
import type { Account, Address } from './account.ts';

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ records, keys, events, now }: { records: Records; keys: Keys; events: Events; now: () => number }) {
  const accounts = sealedRecords<Account>(records, keys, 'account');

  async function get(id: string): Promise<Account | undefined> {
    return (await accounts.get(id))?.value;
  }

  /** Whose address it is. An account that the address points to but that is gone (a lost race, a deletion) owns nothing. */
  async function findByAddress(identifier: Identifier): Promise<Account | undefined> {
    const row = await records.get<{ account: string }>('address', identifier.key);
    return row && get(row.value.account);
  }

  /** Changes an account by version until nobody was in between. @returns undefined if it is gone */
  async function change(id: string, edit: (account: Account) => Account): Promise<Account | undefined> {
    for (;;) {
      const stored = await accounts.get(id);
      if (!stored) return undefined;
      const edited = edit(stored.value);
      if (await accounts.replace(id, { ...stored, value: edited })) return edited;
    }
  }

  const claim = (identifier: Identifier, account: string) =>
    records.insert('address', identifier.key, { account }, { indexes: { account } });

  const asAddress = ({ channel, key, address }: Identifier, provenAt: number): Address => ({
    channel,
    key,
    address,
    since: provenAt,
    provenAt,
  });

  /** Find or create by a proven address (scenario D5). The account is written before the address; the loser takes its account back. */
  async function establish(identifier: Identifier): Promise<{ account: Account; created: boolean }> {
    for (;;) {
      const owner = await findByAddress(identifier);
      if (owner) return { account: owner, created: false };
      const account: Account = { id: randomBytes(16).toString('base64url'), createdAt: now(), addresses: [asAddress(identifier, now())] };
      await accounts.insert(account.id, account);
      if (await claim(identifier, account.id)) {
        events.emit({ type: 'account_created', account: account.id });
        return { account, created: true };
      }
      await accounts.remove(account.id);
      await releaseOrphan(identifier);
    }
  }

  /** An address row whose account is gone would block the address for ever. */
  async function releaseOrphan(identifier: Identifier): Promise<void> {
    const row = await records.get<{ account: string }>('address', identifier.key);
    if (row && !(await get(row.value.account))) await records.remove('address', identifier.key, row.version);
  }

  /**
   * Puts a proven address on an account, or dates its proof anew.
   * @returns 'taken' if it is another account's; 'gone' if the account is
   */
  async function prove(id: string, identifier: Identifier): Promise<'proven' | 'taken' | 'gone'> {
    let added = await claim(identifier, id);
    if (!added) {
      const owner = await findByAddress(identifier);
      if (owner && owner.id !== id) return 'taken';
      if (!owner) {
        await releaseOrphan(identifier);
        added = await claim(identifier, id);
        if (!added) return 'taken';
      }
    }
    const provenAt = now();
    const account = await change(id, (current) => {
      const known = current.addresses.find(({ key }) => key === identifier.key);
      const others = current.addresses.filter(({ key }) => key !== identifier.key);
      return { ...current, addresses: [...others, known ? { ...known, provenAt } : asAddress(identifier, provenAt)] };
    });
    if (!account) return 'gone';
    if (added) events.emit({ type: 'address_added', account: id, channel: identifier.channel });
    return 'proven';
  }

  return { get, findByAddress, establish, prove };
}
