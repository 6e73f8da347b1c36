// One field where either address may be typed: what has an @ is an email, everything else a number.
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import { parseEmail } from './email.ts';
import type { Identifier } from './identifier.ts';
import { parsePhone, type PhoneRules } from './phone.ts';

/** @throws {AppError} identifier_missing, identifier_invalid, or what the kind of address that was meant throws */
export function parseEither(keys: Keys, rules: PhoneRules, typed: { text: string; country: string }): Identifier {
  if (!typed.text.trim()) throw new AppError('identifier_missing');
  if (typed.text.includes('@')) return parseEmail(keys, typed.text);
  if (!/\p{Nd}/u.test(typed.text)) throw new AppError('identifier_invalid');
  return parsePhone(keys, rules, typed);
}
