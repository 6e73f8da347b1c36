// User codes (RFC 8628, 6.1): what a person reads off one device and types on another, and how often it may be guessed.
import { AppError } from '../errors.ts';
import type { Expiring } from '../storage/port.ts';

/** Eight of twenty letters: 2.6 · 10¹⁰ codes. No vowels, so no words; no digits, so nothing to mistake for one. */
export const userCodeMask = '****-****';

/** Letters and digits that no code has, read as the ones they are mistaken for. */
const lookAlikes: Record<string, string> = { 0: 'Q', O: 'Q', 1: 'L', I: 'L', 2: 'Z', 5: 'S', 6: 'G', 7: 'T', 8: 'B', U: 'V', Y: 'V' };

/** As codes are stored: any case, width, spaces, dashes and look-alikes are the same code. */
export function tidyUserCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .replaceAll(/[0-9OIUY]/g, (character) => lookAlikes[character] ?? character);
}

/** As people read them. */
export function formatUserCode(code: string): string {
  return code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

export type UserCodeRules = { triesPerAccountHour: number; strangerTriesPerHour: number };

/**
 * Tries are counted before a code is looked up. Whoever is signed in has a budget of their own; everybody else shares one,
 * since a browser's cookies are its owner's to drop.
 */
export function createUserCodeTries({ expiring, rules }: { expiring: Expiring; rules: UserCodeRules }) {
  const partitionOf = (account: string | undefined) => `user-code:${account ?? 'strangers'}`;
  const name = 'tries';

  return {
    /** @throws {AppError} user_code_tries_spent */
    async spend(account: string | undefined): Promise<void> {
      const limit = account === undefined ? rules.strangerTriesPerHour : rules.triesPerAccountHour;
      const spent = await expiring.spend(partitionOf(account), [{ name, rules: [{ limit, seconds: 3600 }] }]);
      if (!spent.ok) throw new AppError('user_code_tries_spent', { retryAt: spent.retryAt });
    },
    /** The code was there: it was no guess. */
    refund: (account: string | undefined) => expiring.refund(partitionOf(account), [name]),
  };
}

export type UserCodeTries = ReturnType<typeof createUserCodeTries>;
