// What an account's owner is told without asking: by email, to every email address of the account.
import type { Courier } from '../delivery/port.ts';
import type { Expiring } from '../storage/port.ts';
import type { Account } from './accounts/account.ts';
import { type Identifier } from './identifiers/identifier.ts';
import { maskPhone } from './identifiers/phone.ts';

type Deps = { courier: Courier; expiring: Expiring; locale: string; now: () => number };

/** Enough to notice, too few to be a nuisance. */
const perHour = 3;
const validMs = 600_000;

export type Notices = ReturnType<typeof createNotices>;

export function createNotices({ courier, expiring, locale, now }: Deps) {
  /** Somebody proved this number while signing in to another account (scenario G3). */
  async function tellNumberUsed(owner: Account, number: Identifier): Promise<void> {
    const spent = await expiring.spend(`notices:${owner.id}`, [{ name: 'number_used', rules: [{ limit: perHour, seconds: 3600 }] }]);
    if (!spent.ok) return;
    for (const { channel, address } of owner.addresses) {
      if (channel !== 'email') continue;
      const content = { kind: 'number_used', phoneEnd: maskPhone(number.address) } as const;
      courier.send({ channel: 'email', to: address, locale, content, expiresAt: now() + validMs, onOutcome: () => {} });
    }
  }

  return { tellNumberUsed };
}
