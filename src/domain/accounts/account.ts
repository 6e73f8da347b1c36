// What an account is: a person's addresses and nothing else that we were not told.
import type { Channel } from '../identifiers/identifier.ts';

export type Address = {
  channel: Channel;
  /** Keyed hash of the identity key; the id of the address everywhere. */
  key: string;
  address: string;
  /** Milliseconds since the epoch: first and last proof by a code. */
  since: number;
  provenAt: number;
  /** An operator has decided that it goes; its row may have gone already. */
  leaving?: boolean;
};

export type Account = {
  id: string;
  createdAt: number;
  disabled?: boolean;
  /** How often everything that was issued for it has been ended at once; absent: never. */
  generation?: number;
  /** Since when it is being deleted, milliseconds since the epoch: nobody finds it any more, and its rows are on their way out. */
  deletedAt?: number;
  addresses: Address[];
};

/** A sign-in, session or grant belongs to the generation in which it began, and ends with it. */
export const generationOf = ({ generation = 0 }: { generation?: number }): number => generation;

/** The address of a channel that was proven last; `key` picks one. */
export function findAddress(account: Account, channel: Channel, key?: string): Address | undefined {
  const ofChannel = account.addresses.filter((address) => address.channel === channel);
  if (key) return ofChannel.find((address) => address.key === key);
  return ofChannel.reduce<Address | undefined>((latest, next) => (latest && latest.provenAt >= next.provenAt ? latest : next), undefined);
}

/** One that is leaving is claimed anew, for its row may have gone. */
export function findListed(account: Account, { channel, key }: Pick<Address, 'channel' | 'key'>): Address | undefined {
  const known = findAddress(account, channel, key);
  return known?.leaving ? undefined : known;
}

/** The account with this entry in the place of its own for the address. */
export const withEntry = (account: Account, entry: Address): Account => ({
  ...account,
  addresses: [...account.addresses.filter(({ key }) => key !== entry.key), entry],
});
