// What texts may cost that a proven email address has sent to numbers: whoever earns by texts to numbers of theirs (SMS pumping) takes
// a new number each time, which budgets per number never notice. Known and unknown numbers count alike, so that nobody learns which one
// is. A number that is typed alone on the first page is texted only where it is an account's, within the number's own budgets.
import type { Expiring, Records } from '../../storage/port.ts';
import { perHourAndDay } from './windows.ts';

export type TextLimits = { smsPerEmailHour: number; smsPerEmailDay: number; smsPerDayInAll: number };

type Deps = { expiring: Expiring; records: Records; limits: TextLimits; now: () => number };

const dayMs = 86_400_000;
const name = 'texts';

/** `email`: no more for the address that was proven before; `all`: no more of this deployment until midnight UTC. */
export type TextClaim = { ok: true } | { ok: false; spent: 'email' | 'all'; retryAt: number };

export function createTextBudget({ expiring, records, limits, now }: Deps) {
  const rules = perHourAndDay(limits.smsPerEmailHour, limits.smsPerEmailDay);

  /**
   * One text more. Counting the whole deployment's is one atomic step on one row: exact at the edge, on any number of nodes.
   * @param mailbox key of the mailbox whose proof allows this sign-in to have numbers texted
   */
  return async function claim(mailbox: string): Promise<TextClaim> {
    const partition = `texts:${mailbox}`;
    const spent = await expiring.spend(partition, [{ name, rules }]);
    if (!spent.ok) return { ok: false, spent: 'email', retryAt: spent.retryAt };
    const today = Math.floor(now() / dayMs);
    const midnight = (today + 1) * dayMs;
    // It outlives its day, in case that a clock is behind.
    if ((await records.bump('texts', String(today), 1, midnight + dayMs)) <= limits.smsPerDayInAll) return { ok: true };
    await expiring.refund(partition, [name]);
    return { ok: false, spent: 'all', retryAt: midnight };
  };
}
