// The issuer from outside: it answers, as what is configured here, with this deployment's keys, and its clock is right.
import type { KeyInfo } from '../../keys/signing/key.ts';
import { ask, type Page, Unanswered } from './asking.ts';
import type { Finding } from './finding.ts';

const toProxy = 'See that DNS, the proxy and its certificate lead there, and that a node runs behind it.';
/** Tokens and one-time codes tolerate no more. */
const skewMs = 5000;

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** OpenID Connect Discovery, 4.3: what it calls itself must be what it was asked as, letter by letter. */
function judgeDiscovery(issuer: string, { status, headers, text }: Page): Finding {
  const check = 'issuer';
  const location = headers.get('location');
  if (location)
    return {
      check,
      status: 'fail',
      says: `Discovery is redirected, to ${new URL(location, issuer).origin}.`,
      todo: 'Let the proxy pass /.well-known/ on; ISSUER must be the origin that answers itself.',
    };
  if (status !== 200) return { check, status: 'fail', says: `Discovery answers ${status}.`, todo: toProxy };
  const told = parse(text).issuer;
  if (typeof told !== 'string') return { check, status: 'fail', says: `What answers at ${issuer} is no OpenID provider.`, todo: toProxy };
  if (told !== issuer)
    return {
      check,
      status: 'fail',
      says: `It calls itself ${told}, and not ${issuer}.`,
      todo: 'Give every node the same ISSUER: the origin that people see.',
    };
  const strangers = Object.entries(parse(text)).filter(
    ([name, value]) => /(_endpoint|^jwks_uri)$/.test(name) && !String(value).startsWith(`${issuer}/`),
  );
  if (strangers.length > 0)
    return { check, status: 'fail', says: `Its ${strangers[0]?.[0]} leads elsewhere.`, todo: 'Let the proxy change no bodies.' };
  return { check, status: 'ok', says: `${issuer} answers, as what is configured here.` };
}

/** Another deployment at the same address signs with other keys. */
async function checkDeployment({ text }: Page, keys: readonly KeyInfo[]): Promise<Finding> {
  const check = 'deployment';
  const page = await ask(String(parse(text).jwks_uri));
  const published = (parse(page.text).keys ?? []) as { kid?: string }[];
  const kids = new Set(published.map(({ kid }) => kid));
  const missing = keys.filter(({ kid }) => !kids.has(kid));
  if (keys.length === 0)
    return {
      check,
      status: 'warn',
      says: 'There are no signing keys in this store to compare with.',
      todo: 'Start a node: it makes them.',
    };
  if (missing.length === keys.length)
    return {
      check,
      status: 'fail',
      says: 'What answers there signs with other keys than this store holds: it is another deployment.',
      todo: 'Run the doctor with the settings of the nodes (DATABASE_URL, SECRETS_FILE, CONFIG_FILE).',
    };
  if (missing.length > 0)
    return {
      check,
      status: 'warn',
      says: `The key ${missing[0]?.kid} is not published there.`,
      todo: 'Ask again in ten seconds; if it stays, a node or a cache in front of it is stale.',
    };
  return { check, status: 'ok', says: 'What answers there publishes the keys of this store.' };
}

/** `Date` is in whole seconds (RFC 9110, 6.6.1). */
function judgeClock({ headers, at }: Page): Finding {
  const check = 'clock';
  const told = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(told))
    return { check, status: 'warn', says: 'The answer has no Date to compare with.', todo: 'Let the proxy pass it on.' };
  const off = Math.round((at - told) / 1000);
  if (Math.abs(at - told) > skewMs + 1000)
    return {
      check,
      status: 'fail',
      says: `This machine's clock and that at the issuer are ${Math.abs(off)} s apart.`,
      todo: 'Run NTP everywhere.',
    };
  return { check, status: 'ok', says: 'This machine and the issuer have the same time.' };
}

/** @param keys what this store publishes; undefined where it could not be read */
export async function checkIssuer(issuer: string, keys: readonly KeyInfo[] | undefined): Promise<Finding[]> {
  try {
    const page = await ask(`${issuer}/.well-known/openid-configuration`);
    const discovery = judgeDiscovery(issuer, page);
    if (discovery.status === 'fail') return [discovery];
    return [discovery, ...(keys ? [await checkDeployment(page, keys)] : []), judgeClock(page)];
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return [{ check: 'issuer', status: 'fail', says: error.message, todo: toProxy }];
  }
}
