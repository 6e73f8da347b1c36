// Trying a code: count first, then compare, then consume once, then give the address's try back. Each of the four is one
// atomic operation, so that no number of parallel requests gets more tries or two successes.
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Expiring } from '../../storage/port.ts';
import type { Events } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import { addressTries, challengeTries, tryPartition, type TryLimits } from '../limits/ledgers.ts';
import { sealedExpiring } from '../sealed-rows.ts';
import { isHeldBy, type Challenge, type Holder } from './challenge.ts';
import { codeDigits, deriveCode, readCode } from './code.ts';
import type { Failures } from './failures.ts';

type Limits = TryLimits & { doubleSubmitSeconds: number; knownLaneFailures: number; strangerFailureDays: number };
type Deps = { expiring: Expiring; failures: Failures; keys: Keys; events: Events; limits: Limits; now: () => number };

/** `other`: the sign-in's challenge on the other channel, to recognise its code (scenario G9). */
export type Attempt = { challenge: string; holder: Holder; typed: string; other?: string };

/** `givenBack`: when the address has its try back, which what comes next need not wait for. */
export type Redeemed = { identifier: Identifier; again: boolean; givenBack: Promise<void> };

export function createRedeeming({ expiring, failures, keys, events, limits, now }: Deps) {
  const challenges = sealedExpiring<Challenge>(expiring, keys, 'challenge');

  async function isCodeOf(id: string | undefined, code: string): Promise<boolean> {
    const row = id && (await challenges.get(id));
    const expected = row ? deriveCode(keys, row.value) : undefined;
    return expected !== undefined && keys.equals(expected, code);
  }

  function refuse(challenge: Challenge, why: 'wrong' | 'gone' | 'spent', error: AppError): never {
    events.emit({ type: 'code_refused', channel: challenge.channel, lane: challenge.lane, why });
    throw error;
  }

  /** Whether a try at it counts for its address: at a long code nobody guesses, so that many don't keep anybody else from signing in. */
  const countsForAddress = ({ digits }: Challenge) => digits < codeDigits.long;

  /** Dead for good: a resend makes a new challenge instead of sending this one's code again. */
  async function end(challenge: Challenge, why: 'wrong' | 'spent'): Promise<never> {
    await challenges.remove(challenge.id);
    return refuse(challenge, why, new AppError('code_spent', { triesLeft: 0 }));
  }

  async function count(challenge: Challenge): Promise<number> {
    const ofChallenge = challengeTries(limits, challenge.id);
    const ledgers = countsForAddress(challenge) ? [ofChallenge, addressTries(limits)] : [ofChallenge];
    const spent = await expiring.spend(tryPartition(challenge.identifier, challenge.lane), ledgers);
    if (!spent.ok && spent.ledger === ofChallenge.name) refuse(challenge, 'gone', new AppError('code_spent'));
    // The next code is a longer one.
    if (!spent.ok && challenge.lane === 'stranger') return end(challenge, 'spent');
    if (!spent.ok) refuse(challenge, 'spent', new AppError('tries_spent', { retryAt: spent.retryAt, channel: challenge.channel }));
    if (challenge.lane === 'known' && (await failures.add(challenge.identifier.key, 'known')) > limits.knownLaneFailures) {
      refuse(challenge, 'gone', new AppError('code_gone'));
    }
    return spent.left[ofChallenge.name] ?? 0;
  }

  /** What a wrong code of a stranger makes of the address for longer than its budgets remember. */
  async function remember(challenge: Challenge): Promise<void> {
    if (challenge.lane === 'known' || !countsForAddress(challenge)) return;
    await failures.add(challenge.identifier.key, 'stranger', now() + limits.strangerFailureDays * 86_400_000);
  }

  async function giveBack(challenge: Challenge): Promise<void> {
    if (countsForAddress(challenge)) await expiring.refund(tryPartition(challenge.identifier, challenge.lane), ['tries']);
    if (challenge.lane === 'known') await failures.forgive(challenge.identifier.key, 'known');
  }

  /** Whether the known lane of an address still counts as one; beyond its failures every browser is a stranger. */
  async function isKnownLaneOpen(identifier: Identifier): Promise<boolean> {
    return (await failures.count(identifier.key, 'known')) < limits.knownLaneFailures;
  }

  /**
   * @returns the address that the code was sent to. `again`: this browser has answered rightly a moment ago (a double click), and the answer just goes on
   * @throws {AppError} code_missing, code_length (neither costs a try), code_wrong, code_of_other_channel (with `triesLeft`),
   *   code_spent (its last try was wrong, or strangers have spent the address's), code_gone (dead, expired, replaced, or another browser's),
   *   tries_spent (with `retryAt`; the known lane's)
   */
  async function redeem({ challenge: id, holder, typed, other }: Attempt): Promise<Redeemed> {
    const row = await challenges.get(id);
    if (!row || !isHeldBy(row.value, holder)) throw new AppError('code_gone');
    const challenge = row.value;
    if (row.markedAt !== undefined) {
      if (now() - row.markedAt <= limits.doubleSubmitSeconds * 1000)
        return { identifier: challenge.identifier, again: true, givenBack: Promise.resolve() };
      throw new AppError('code_gone');
    }
    const code = readCode(typed);
    if (!code) throw new AppError('code_missing', { digits: challenge.digits });
    if (!/^\d+$/.test(code) || code.length !== challenge.digits) throw new AppError('code_length', { digits: challenge.digits });

    const triesLeft = await count(challenge);
    const expected = deriveCode(keys, challenge);
    if (challenge.decoy || !expected || !keys.equals(expected, code)) {
      await remember(challenge);
      if (triesLeft === 0) return end(challenge, 'wrong');
      const otherChannel = await isCodeOf(other, code);
      refuse(
        challenge,
        'wrong',
        new AppError(otherChannel ? 'code_of_other_channel' : 'code_wrong', { triesLeft, channel: challenge.channel }),
      );
    }
    const mark = await challenges.mark(id);
    if (mark === 'absent') throw new AppError('code_gone');
    const givenBack = giveBack(challenge);
    if (mark === 'first') events.emit({ type: 'code_verified', channel: challenge.channel, lane: challenge.lane });
    return { identifier: challenge.identifier, again: mark === 'again', givenBack };
  }

  return { redeem, isKnownLaneOpen };
}
