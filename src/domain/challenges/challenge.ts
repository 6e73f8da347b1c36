// What a challenge is: one code, for one purpose, to one address, in one browser, for at most ten minutes.
import type { Lane } from '../events.ts';
import type { Channel, Identifier } from '../identifiers/identifier.ts';

/** A code for one purpose never serves another (scenario W7). */
export type Purpose = 'sign-in';

/** Who holds the challenge: the interaction and the browser that asked for it. */
export type Holder = { interaction: string; browser: string };

export type Challenge = {
  id: string;
  purpose: Purpose;
  channel: Channel;
  identifier: Identifier;
  lane: Lane;
  holder: Holder;
  /** Which pepper, how many digits and which counter the code is derived with. */
  pepper: string;
  digits: number;
  counter: number;
  /** Milliseconds since the epoch; the life is never extended. */
  issuedAt: number;
  expiresAt: number;
  /** No message ever left: the number can't sign in here, and no answer is right. */
  decoy: boolean;
};

export const isHeldBy = (challenge: Challenge, holder: Holder) =>
  challenge.holder.interaction === holder.interaction && challenge.holder.browser === holder.browser;
