// What an account's owner is told without asking: by email, to every email address of the account.
import type { Courier, NoticeContent } from '../delivery/port.ts';
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
  async function tell(owner: Account, kind: NoticeContent['kind'], number: Identifier): Promise<void> {
    // Nobody else tells the owner: a store that fails now must not keep it from them.
    const spent = await expiring
      .spend(`notices:${owner.id}`, [{ name: kind, rules: [{ limit: perHour, seconds: 3600 }] }])
      .catch(() => ({ ok: true }));
    if (!spent.ok) return;
    for (const { channel, address } of owner.addresses) {
      if (channel !== 'email') continue;
      const content = { kind, phoneEnd: maskPhone(number.address) };
      courier.send({ channel: 'email', to: address, locale, content, expiresAt: now() + validMs, onOutcome: () => {} });
    }
  }

  return {
    /** Somebody proved this number while signing in to another account (scenario G3). */
    tellNumberUsed: (owner: Account, number: Identifier) => tell(owner, 'number_used', number),
    /** From now on the number may open the account by itself. */
    tellNumberAdded: (owner: Account, number: Identifier) => tell(owner, 'number_added', number),
  };
}
