// What no single setting can say of itself: rules between settings, and what production demands.
import type { Broken } from './problems.ts';
import type { Configured, Mode } from './schema/index.ts';
import { checkVendors } from './vendors.ts';

export function checkRules(configured: Configured, mode: Mode): Broken[] {
  return [
    ...checkStores(configured),
    ...checkOrder(configured),
    ...checkProfile(configured),
    ...checkRotation(configured),
    ...checkIssuer(configured, mode),
    ...checkVendors(configured.delivery, mode),
    ...(mode === 'production' ? checkSecrets(configured) : []),
  ];
}

export function listMissingSecrets({ secrets }: Configured): string[] {
  const names = ['sealingKeys', 'codePeppers', 'cookieKeys', 'lookupKey', 'subjectKey'] as const;
  return names.filter((name) => secrets[name] === undefined);
}

/** Names that only ever lead to this machine (RFC 6761 6.3, RFC 8252 7.3). */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function checkStores({ database, redis }: Configured): Broken[] {
  if (!database.url.startsWith('mongodb') || redis.url) return [];
  return [['redis.url', 'is required beside MongoDB']];
}

function checkOrder({ codes, lifetimes, server }: Configured): Broken[] {
  const broken: Broken[] = [];
  if (codes.renewBelowSeconds >= codes.lifeSeconds) broken.push(['codes.renewBelowSeconds', 'must be less than codes.lifeSeconds']);
  if (lifetimes.refreshTokenIdleSeconds > lifetimes.refreshTokenSeconds)
    broken.push(['lifetimes.refreshTokenIdleSeconds', 'must not exceed lifetimes.refreshTokenSeconds']);
  if (server.unreadySeconds >= server.shutdownSeconds) broken.push(['server.unreadySeconds', 'must be less than server.shutdownSeconds']);
  return broken;
}

function checkRotation({ signingKeys }: Configured): Broken[] {
  const { cacheSeconds, publishSeconds, rotateDays } = signingKeys;
  const broken: Broken[] = [];
  // A node reads of a new key some seconds late, and caches are not exact.
  if (publishSeconds < cacheSeconds + 60)
    broken.push(['signingKeys.publishSeconds', 'must be at least 60 more than signingKeys.cacheSeconds']);
  if (rotateDays > 0 && rotateDays * 86_400 <= publishSeconds)
    broken.push(['signingKeys.rotateDays', 'must be longer than signingKeys.publishSeconds, or 0']);
  return broken;
}

/** FAPI 2.0 Security Profile, 5.3.2.1 and 5.4.1: half of it is none of it. */
function checkProfile({ protocol, lifetimes, signingKeys }: Configured): Broken[] {
  if (protocol.profile !== 'fapi2') return [];
  const broken: Broken[] = [];
  if (lifetimes.authorizationCodeSeconds > 60)
    broken.push(['lifetimes.authorizationCodeSeconds', 'must not exceed 60 where protocol.profile is fapi2']);
  if (signingKeys.algorithms.includes('RS256'))
    broken.push(['signingKeys.algorithms', 'must not hold RS256 where protocol.profile is fapi2']);
  return broken;
}

function checkIssuer({ server }: Configured, mode: Mode): Broken[] {
  if (!server.issuer) return mode === 'production' ? [['server.issuer', 'is required in production, like https://id.example.com']] : [];
  const { protocol, hostname } = new URL(server.issuer);
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  return [['server.issuer', 'must be https; http is for loopback names only, like localhost']];
}

function checkSecrets(configured: Configured): Broken[] {
  const words = 'is missing; `latchkey secrets generate --out secrets.json` makes a whole set for SECRETS_FILE';
  return listMissingSecrets(configured).map((name) => [`secrets.${name}`, words]);
}
