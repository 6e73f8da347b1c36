// The operator beside a program: the same store and keys, as the commands open them.
import { openOperator } from '../../src/operator.ts';
import type { Storage } from '../../src/storage/port.ts';
import type { Program } from './program.ts';

export const ways = ['disable', 'signOutEverywhere', 'remove'] as const;
export type Way = (typeof ways)[number];

export async function openDesk(program: Program, storage: Storage) {
  const { users } = await openOperator(program.settings, { storage });

  async function find(address: string) {
    const account = await users.find(address);
    if (!account) throw new Error(`nobody has ${address}`);
    return account;
  }

  return {
    users,
    find,
    /** Ends everything of whoever has the address, and lets them in again: whatever comes back then was never ended. */
    async end(way: Way, address: string): Promise<void> {
      const { id } = await find(address);
      await users[way](id, 'operator');
      if (way === 'disable') await users.enable(id, 'operator');
    },
    /** The rows that lie under an account, by kind. */
    async countRows(id: string): Promise<Record<string, number>> {
      const kinds = ['address', 'consent', 'Session', 'Grant', 'RefreshToken'];
      const count = async (kind: string) =>
        (await storage.records.list(kind, { index: 'account', value: id }, { limit: 1000 })).rows.length;
      const counted = await Promise.all(kinds.map(async (kind) => [kind, await count(kind)] as const));
      return Object.fromEntries([...counted, ['account', (await storage.records.get('account', id)) ? 1 : 0] as const]);
    },
  };
}
