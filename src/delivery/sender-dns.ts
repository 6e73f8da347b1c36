// What DNS says of the domain that emails come from: others decide by it whether they believe them (RFC 5321 5.1, RFC 7208, RFC 7489).
import { Resolver } from 'node:dns/promises';
import type { Checked } from './checks.ts';

/** Where the domain is asked about; tests have a name server of their own. */
export type Names = Pick<Resolver, 'resolveMx' | 'resolveTxt' | 'resolve4' | 'resolve6'>;

const missing = new Set(['ENOTFOUND', 'ENODATA']);
/** Names that are nobody's (RFC 2606, RFC 6761). */
const reserved = /(^|\.)(localhost|test|example|invalid|local)$/;

export const openNames = (): Names => new Resolver({ timeout: 2000, tries: 1 });

/** The domain of a sender: an address, or a name and an address in angle brackets. */
export function domainOf(from: string): string {
  const address = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from;
  return address
    .slice(address.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
}

class Unasked extends Error {}

/** @returns nothing where there is no such record. @throws {Unasked} where nobody answers */
async function ask<T>(question: Promise<T[]>): Promise<T[]> {
  try {
    return await question;
  } catch (error) {
    const { code = 'unexpected' } = error as NodeJS.ErrnoException;
    if (missing.has(code)) return [];
    throw new Unasked(code);
  }
}

const textsOf = async (names: Names, domain: string) => (await ask(names.resolveTxt(domain))).map((parts) => parts.join(''));

/** Answers and bounces need a way back; many refuse a sender that has none. */
async function checkMx(names: Names, domain: string): Promise<Checked> {
  const hosts = await ask(names.resolveMx(domain));
  // "Takes no mail" (RFC 7505).
  if (hosts.some(({ exchange }) => exchange === '' || exchange === '.'))
    return {
      status: 'warn',
      says: `${domain} takes no mail: many refuse a sender like that.`,
      todo: 'Send from a domain that takes mail.',
    };
  if (hosts.length > 0) return { status: 'ok', says: `${domain} takes mail.` };
  const addresses = [...(await ask(names.resolve4(domain))), ...(await ask(names.resolve6(domain)))];
  if (addresses.length > 0)
    return { status: 'warn', says: `${domain} has no MX record, only an address.`, todo: `Give ${domain} an MX record.` };
  return {
    status: 'fail',
    says: `${domain} takes no mail: there is no MX record, and no address.`,
    todo: 'Mend MAIL_FROM, or the domain’s MX record.',
  };
}

async function checkSpf(names: Names, domain: string): Promise<Checked> {
  const records = (await textsOf(names, domain)).filter((text) => /^v=spf1( |$)/i.test(text));
  const [record = ''] = records;
  if (records.length === 0)
    return { status: 'warn', says: `${domain} has no SPF record.`, todo: 'Publish one that names your mail server: v=spf1 include:… -all' };
  if (records.length > 1)
    return { status: 'fail', says: `${domain} has ${records.length} SPF records, and so none that counts.`, todo: 'Make one of them.' };
  if (/(^| )\+?all( |$)/i.test(record))
    return { status: 'warn', says: `The SPF record of ${domain} lets anybody send as it.`, todo: 'End it with -all or ~all.' };
  return { status: 'ok', says: `${domain} has an SPF record.` };
}

/** The record of the domain, or of one above it. */
async function checkDmarc(names: Names, domain: string): Promise<Checked> {
  const labels = domain.split('.');
  for (let at = 0; at < labels.length - 1; at += 1) {
    const place = `_dmarc.${labels.slice(at).join('.')}`;
    const records = (await textsOf(names, place)).filter((text) => /^v=DMARC1\b/i.test(text));
    if (records.length > 1)
      return { status: 'fail', says: `${place} has ${records.length} records, and so none that counts.`, todo: 'Make one of them.' };
    if (records.length === 1) return { status: 'ok', says: `${place} has a DMARC record.` };
  }
  return {
    status: 'warn',
    says: `${domain} has no DMARC record.`,
    todo: `Publish one at _dmarc.${domain}: v=DMARC1; p=quarantine; rua=mailto:…`,
  };
}

/** Never a failure where no name server answers: this machine may not be the one that sends. */
export async function checkSender(from: string, names: Names): Promise<{ mx: Checked; spf: Checked; dmarc: Checked }> {
  const domain = domainOf(from);
  const all = (checked: Checked) => ({ mx: checked, spf: checked, dmarc: checked });
  if (reserved.test(domain))
    return all({ status: 'warn', says: `${domain} is a domain for trying things out: nobody takes mail from it.`, todo: 'Set MAIL_FROM.' });
  const guarded = async (check: (names: Names, domain: string) => Promise<Checked>): Promise<Checked> => {
    try {
      return await check(names, domain);
    } catch (error) {
      if (!(error instanceof Unasked)) throw error;
      return {
        status: 'warn',
        says: `DNS could not be asked about ${domain} (${error.message}).`,
        todo: 'Ask again from a machine that has a name server.',
      };
    }
  };
  const [mx, spf, dmarc] = await Promise.all([guarded(checkMx), guarded(checkSpf), guarded(checkDmarc)]);
  return { mx, spf, dmarc };
}
