// Trying a code: count first, then compare, then consume once, then give the address's try back. Each of the four is one
// atomic operation, so that no number of parallel requests gets more tries or two successes.
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Expiring, Records } from '../../storage/port.ts';
import type { Events } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import { tryLedgers, tryPartition, type TryLimits } from '../limits/ledgers.ts';
import { sealedExpiring } from '../sealed-rows.ts';
import { isHeldBy, type Challenge, type Holder } from './challenge.ts';
import { deriveCode, readCode } from './code.ts';
import { createFailures } from './failures.ts';

type Limits = TryLimits & { doubleSubmitSeconds: number; knownLaneFailures: number };
type Deps = { expiring: Expiring; records: Records; keys: Keys; events: Events; limits: Limits; now: () => number };

/** `other`: the sign-in's challenge on the other channel, to recognise its code (scenario G9). */
export type Attempt = { challenge: string; holder: Holder; typed: string; other?: string };

/** `givenBack`: when the address has its try back, which what comes next need not wait for. */
export type Redeemed = { identifier: Identifier; again: boolean; givenBack: Promise<void> };

export function createRedeeming({ expiring, records, keys, events, limits, now }: Deps) {
  const challenges = sealedExpiring<Challenge>(expiring, keys, 'challenge');
  const failures = createFailures(records);

  async function isCodeOf(id: string | undefined, code: string): Promise<boolean> {
    const row = id && (await challenges.get(id));
    const expected = row ? deriveCode(keys, row.value) : undefined;
    return expected !== undefined && keys.equals(expected, code);
  }

  function refuse(challenge: Challenge, why: 'wrong' | 'gone' | 'spent', error: AppError): never {
    events.emit({ type: 'code_refused', channel: challenge.channel, lane: challenge.lane, why });
    throw error;
  }

  async function count(challenge: Challenge): Promise<number> {
    const [ofChallenge, ofAddress] = tryLedgers(limits, challenge.id);
    const spent = await expiring.spend(tryPartition(challenge.identifier, challenge.lane), [ofChallenge, ofAddress]);
    if (!spent.ok && spent.ledger === ofChallenge.name) refuse(challenge, 'gone', new AppError('code_spent'));
    if (!spent.ok) refuse(challenge, 'spent', new AppError('tries_spent', { retryAt: spent.retryAt, channel: challenge.channel }));
    if (challenge.lane === 'known' && (await failures.add(challenge.identifier.key, 'known')) > limits.knownLaneFailures) {
      refuse(challenge, 'gone', new AppError('code_gone'));
    }
    return spent.left[ofChallenge.name] ?? 0;
  }

  async function giveBack(challenge: Challenge): Promise<void> {
    await expiring.refund(tryPartition(challenge.identifier, challenge.lane), ['tries']);
    if (challenge.lane === 'known') await failures.forgive(challenge.identifier.key, 'known');
  }

  /** Whether the known lane of an address still counts as one; beyond its failures every browser is a stranger. */
  async function isKnownLaneOpen(identifier: Identifier): Promise<boolean> {
    return (await failures.count(identifier.key, 'known')) < limits.knownLaneFailures;
  }

  /**
   * @returns the address that the code was sent to. `again`: this browser has answered rightly a moment ago (a double click), and the answer just goes on
   * @throws {AppError} code_missing, code_length (neither costs a try), code_wrong, code_of_other_channel (with `triesLeft`),
   *   code_spent (its last try was wrong), code_gone (dead, expired, replaced, or another browser's), tries_spent (with `retryAt`)
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
      if (triesLeft === 0) {
        // Dead for good: a resend makes a new challenge instead of sending this one's code again.
        await challenges.remove(id);
        refuse(challenge, 'wrong', new AppError('code_spent', { triesLeft }));
      }
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
