// What texts may cost wherever they go: whoever earns by texts to numbers of theirs (SMS pumping) takes a new number each time,
// which budgets per number never notice. Known and unknown numbers count alike, so that nobody learns which one is.
import type { Expiring, Records } from '../../storage/port.ts';

export type TextLimits = { smsPerEmailHour: number; smsPerEmailDay: number; smsPerDayInAll: number };

type Deps = { expiring: Expiring; records: Records; limits: TextLimits; now: () => number };

const day = 86_400_000;
const name = 'texts';

/** `email`: no more for the address that was proven before; `all`: no more of this deployment until midnight UTC. */
export type TextClaim = { ok: true } | { ok: false; spent: 'email' | 'all'; retryAt: number };

export function createTextBudget({ expiring, records, limits, now }: Deps) {
  const rules = [
    { limit: limits.smsPerEmailHour, seconds: 3600 },
    { limit: limits.smsPerEmailDay, seconds: 86_400 },
  ];

  /**
   * One text more. Counting the whole deployment's is one atomic step on one row: exact at the edge, on any number of nodes.
   * @param email key of the address whose proof allows this sign-in to have numbers texted
   */
  return async function claim(email: string): Promise<TextClaim> {
    const partition = `texts:${email}`;
    const spent = await expiring.spend(partition, [{ name, rules }]);
    if (!spent.ok) return { ok: false, spent: 'email', retryAt: spent.retryAt };
    const today = Math.floor(now() / day);
    const midnight = (today + 1) * day;
    // It outlives its day, in case that a clock is behind.
    if ((await records.bump('texts', String(today), 1, midnight + day)) <= limits.smsPerDayInAll) return { ok: true };
    await expiring.refund(partition, [name]);
    return { ok: false, spent: 'all', retryAt: midnight };
  };
}
