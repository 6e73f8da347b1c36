// The code of a challenge: derived from a pepper outside the store, so that a resend sends the same one and none is kept.
import type { Keys } from '../../keys/keys.ts';
import type { Challenge } from './challenge.ts';

/** `long` is for addresses that strangers guess at: five tries of 10¹⁰ are nothing that a limit would have to stop. */
export const codeDigits = { usual: 6, long: 10 };

type Derivable = Pick<Challenge, 'id' | 'purpose' | 'channel' | 'identifier' | 'pepper' | 'digits' | 'counter'>;

/**
 * HMAC-SHA-256(pepper, challenge id ‖ purpose ‖ channel ‖ address ‖ counter), 64 bits of it mod 10^digits, leading zeros kept.
 * @returns undefined if the pepper has been retired: the code can't be right any more
 */
export function deriveCode(keys: Keys, challenge: Derivable): string | undefined {
  const { id, purpose, channel, identifier, counter, digits } = challenge;
  const bytes = keys.pepper(challenge.pepper, 'code', [id, purpose, channel, identifier.key, String(counter)]);
  return bytes && (bytes.readBigUInt64BE(0) % 10n ** BigInt(digits)).toString().padStart(digits, '0');
}

/** The lowest counter whose code differs from the sign-in's other one (scenario G9: the two codes are never equal). */
export function chooseCounter(keys: Keys, challenge: Omit<Derivable, 'counter'>, other: string | undefined): number {
  let counter = 0;
  while (other !== undefined && deriveCode(keys, { ...challenge, counter }) === other) counter += 1;
  return counter;
}

/** What was typed as plain digits: spaces and dashes of any kind dropped, Arabic-Indic, Persian and full-width digits read. */
export function readCode(typed: string): string {
  return typed
    .slice(0, 64)
    .replace(/[\p{Z}\p{Pd}\p{Cf}\s\u2212]/gu, '')
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - 0xff10));
}
