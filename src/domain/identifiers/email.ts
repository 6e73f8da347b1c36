// Email addresses: which texts are one, and when two are the same (RFC 5321 limits; IDNA A-labels; no folding of dots or plus-tags).
import { domainToASCII } from 'node:url';
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Identifier } from './identifier.ts';

const maxLength = 254;
const maxLocalBytes = 64;
// What a copied address may bring along at either end and nobody sees: spaces, bidi marks, a zero-width space.
const aroundIt = /^[\s\p{Cf}]+|(?<![\s\p{Cf}])[\s\p{Cf}]+$/gu;
// What could end a header or confuse a reader: controls, spaces, bidi marks, and the specials that only quoting would allow.
const forbidden = /[\p{Cc}\p{Cf}\p{Z}<>()[\]\\,;:"]/u;
// The browser's own reading of a domain stops at "/", "?" and "#" and decodes "%": only what a domain is made of may reach it.
const domainLetters = /^[\p{L}\p{M}\p{Nd}.-]+$/u;
// A last label without a letter is the end of an IP address (RFC 3696, 2).
const domainShape = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[0-9-]*[a-z])[a-z0-9-]{2,63}$/;

/**
 * The identity key of an address: NFC, lower-cased whole, the domain as an A-label.
 * @throws {AppError} email_missing, email_invalid
 */
function canonicalEmail(text: string): { address: string; canonical: string } {
  const typed = text.replace(aroundIt, '').normalize('NFC');
  if (!typed) throw new AppError('email_missing');
  const at = typed.lastIndexOf('@');
  const local = typed.slice(0, at);
  const typedDomain = typed.slice(at + 1).toLowerCase();
  const domain = domainLetters.test(typedDomain) ? domainToASCII(typedDomain) : '';
  const wellFormed =
    at > 0 &&
    typed.length <= maxLength &&
    Buffer.byteLength(local) <= maxLocalBytes &&
    !forbidden.test(typed) &&
    !local.includes('@') &&
    !/^\.|\.\.|\.$/.test(local) &&
    domainShape.test(domain);
  if (!wellFormed) throw new AppError('email_invalid');
  // Mail goes to the very domain that the key is made of.
  return { address: `${local}@${domain}`, canonical: `${local.toLowerCase()}@${domain}` };
}

/** @throws {AppError} email_missing, email_invalid */
export function parseEmail(keys: Keys, text: string): Identifier {
  const { address, canonical } = canonicalEmail(text);
  return {
    channel: 'email',
    address,
    key: keys.lookup('email', canonical),
    mailbox: keys.lookup('mailbox', canonical.replace(/\+[^@]*@/, '@')),
  };
}
