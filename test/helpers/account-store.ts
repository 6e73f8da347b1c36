// Accounts behind the program's back, as an operator's command changes them: in the store, with the program's own keys.
import type { Account } from '../../src/domain/accounts/account.ts';
import { createKeys } from '../../src/keys/keys.ts';
import type { Storage } from '../../src/storage/port.ts';
import type { Program } from './program.ts';

export function openAccounts(program: Program, { records }: Storage) {
  const keys = createKeys(program.settings.secrets);
  const placeOf = (id: string) => `account:${id}`;

  /** The account that an address is on. */
  async function find(address: string) {
    const { rows } = await records.list<string>('account', 'all', { limit: 1000 });
    const all = rows.map(({ key, value, version }) => ({ id: key, version, account: keys.open<Account>(value, placeOf(key)) }));
    const found = all.find(({ account }) => account.addresses.some((each) => each.address === address));
    if (!found) throw new Error(`no account has ${address}`);
    return found;
  }

  async function change(address: string, edit: (account: Account) => Account): Promise<void> {
    const { id, version, account } = await find(address);
    const written = await records.replace('account', id, keys.seal(edit(account), placeOf(id)), version);
    if (!written) throw new Error('somebody else changed the account');
  }

  return {
    disable: (address: string) => change(address, (account) => ({ ...account, disabled: true })),
    async remove(address: string): Promise<void> {
      await records.remove('account', (await find(address)).id);
    },
    /** One more verified email. */
    add: (address: string, email: string) =>
      change(address, (account) => {
        const [known] = account.addresses;
        return known ? { ...account, addresses: [...account.addresses, { ...known, key: `key of ${email}`, address: email }] } : account;
      }),
    /** Takes one address off its account. */
    drop: (address: string) =>
      change(address, (account) => ({ ...account, addresses: account.addresses.filter((each) => each.address !== address) })),
  };
}
