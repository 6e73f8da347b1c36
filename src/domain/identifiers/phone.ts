// Phone numbers: from what was typed to E.164, and which numbers may be texted.
import { createRequire } from 'node:module';
import type * as PhoneNumbers from 'libphonenumber-js/max';
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Identifier } from './identifier.ts';

export type PhoneRules = { countries: 'all' | readonly string[]; defaultCountry: string; allowVoip: boolean };

// It knows the numbers of every country, and takes as long to load as a web framework: the first number waits for it, not the start of a
// node, which may never see one.
const require = createRequire(import.meta.url);
let library: typeof PhoneNumbers | undefined;
const phoneNumbers = () => (library ??= require('libphonenumber-js/max') as typeof PhoneNumbers);

const textable = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE']);
const maxTyped = 64;

function read(text: string, country: string): PhoneNumbers.PhoneNumber | undefined {
  const typed = text.trim().replace(/^00(?=\d)/, '+');
  if (typed.length > maxTyped) return undefined;
  const { isSupportedCountry, parsePhoneNumberFromString } = phoneNumbers();
  return parsePhoneNumberFromString(typed, isSupportedCountry(country) ? country : undefined);
}

/**
 * Reads a national number of `country`, or an international one (`+` or `00` beats the country).
 * @throws {AppError} phone_missing, phone_invalid, phone_country_refused, phone_not_mobile
 */
export function parsePhone(keys: Keys, rules: PhoneRules, typed: { text: string; country: string }): Identifier {
  if (!typed.text.trim()) throw new AppError('phone_missing');
  const number = read(typed.text, typed.country || rules.defaultCountry);
  if (!number?.isValid()) throw new AppError('phone_invalid');
  // No country's: satellites and other international networks, at many times a text's price.
  if (!number.country) throw new AppError('phone_not_mobile');
  if (rules.countries !== 'all' && !rules.countries.includes(number.country)) {
    throw new AppError('phone_country_refused', { country: number.country });
  }
  const type = number.getType() ?? '';
  if (!textable.has(type) && !(type === 'VOIP' && rules.allowVoip)) throw new AppError('phone_not_mobile');
  return fromE164(keys, number.number);
}

export function fromE164(keys: Keys, address: string): Identifier {
  return { channel: 'phone', address, key: keys.lookup('phone', address), mailbox: keys.lookup('mailbox', address) };
}

/** International format for people: "+34 600 000 001". */
export function formatPhone(e164: string): string {
  return phoneNumbers().parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}

/** The last three digits, for somebody who has proven another address: "••• 001". */
export function maskPhone(e164: string): string {
  return `••• ${e164.slice(-3)}`;
}

/** The countries whose numbers may be texted, with their calling codes. */
export function listCountries(rules: PhoneRules): { code: PhoneNumbers.CountryCode; callingCode: string }[] {
  const { getCountries, getCountryCallingCode } = phoneNumbers();
  return getCountries()
    .filter((code) => rules.countries === 'all' || rules.countries.includes(code))
    .map((code) => ({ code, callingCode: getCountryCallingCode(code) }));
}
