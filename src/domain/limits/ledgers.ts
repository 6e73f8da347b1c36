// The budgets of security.md as ledgers of the store. One partition = one address and lane, so that strangers can only
// spend strangers' budgets.
import type { GapRule, Ledger } from '../../storage/port.ts';
import type { Lane } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import type { TextLimits } from './texts.ts';
import { perHourAndDay } from './windows.ts';

export type TryLimits = { lifeSeconds: number; triesPerChallenge: number; triesPerAddressHour: number; triesPerAddressDay: number };
export type SendLimits = {
  gapsSeconds: readonly number[];
  gapsResetSeconds: number;
  emailPerHour: number;
  emailPerDay: number;
  smsPerHour: number;
  smsPerDay: number;
} & TextLimits;

export const tryPartition = (identifier: Identifier, lane: Lane) => `try:${identifier.key}:${lane}`;
export const sendPartition = (identifier: Identifier, lane: Lane) => `send:${identifier.mailbox}:${lane}`;

/** The tries at one challenge. */
export const challengeTries = ({ triesPerChallenge, lifeSeconds }: TryLimits, challenge: string): Ledger => ({
  name: `challenge:${challenge}`,
  rules: [{ limit: triesPerChallenge, seconds: lifeSeconds }],
});

/** The tries at an address in one lane, over all its challenges. */
export const addressTries = ({ triesPerAddressHour, triesPerAddressDay }: TryLimits): Ledger => ({
  name: 'tries',
  rules: perHourAndDay(triesPerAddressHour, triesPerAddressDay),
});

/** The ledgers that one message is charged to: the pause since the last one, and the hour's and day's budget. */
export function sendLedgers(limits: SendLimits, channel: Identifier['channel']): [Ledger, Ledger] {
  const [perHour, perDay] = channel === 'email' ? [limits.emailPerHour, limits.emailPerDay] : [limits.smsPerHour, limits.smsPerDay];
  const gap: GapRule = { gaps: limits.gapsSeconds, resetSeconds: limits.gapsResetSeconds };
  return [
    { name: 'gap', rules: [gap] },
    { name: 'sends', rules: perHourAndDay(perHour, perDay) },
  ];
}
