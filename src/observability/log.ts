// The log: JSON lines, or lines for people. Says what happened and never to whom: no code, address, token or cookie.
import { pino, type Logger } from 'pino';
import type { DomainEvent, Events } from '../domain/events.ts';

export type Log = Logger;

/** For a command, whose standard output is its answer. */
export function createErrorLog({ level }: { level: string }): Log {
  return pino({ level, base: undefined }, pino.destination({ fd: 2, sync: true }));
}

export async function createLog({ level, pretty }: { level: string; pretty: boolean }): Promise<Log> {
  const options = { level, base: undefined };
  if (!pretty) return pino(options);
  // Here, and not as a transport: that would be a thread of its own, which takes longer to start than the rest of the log.
  const { default: forPeople } = await import('pino-pretty');
  return pino(options, forPeople({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss' }));
}

/**
 * Paths carry the ids of interactions, which are also cookies, and in mangled links anything: addresses, codes, tokens.
 * Only segments that are plain words stay. The query is never logged.
 */
export function maskPath(path: string): string {
  const mask = (segment: string) => (/^[a-z.-]{0,24}$/.test(segment) ? segment : ':masked');
  return path.split('/').map(mask).join('/').slice(0, 200);
}

/** What stands out: security-relevant refusals, and what was done to an account from outside it. */
const warnings = new Set<DomainEvent['type']>([
  'grant_revoked',
  'address_conflict',
  'account_disabled',
  'account_enabled',
  'account_deleted',
  'account_signed_out',
  'address_removed',
  'logout_failed',
  'logout_given_up',
]);

/** What whoever is asked for help looks for. */
const notable = new Set<DomainEvent['type']>(['request_refused']);

/** Domain events as log lines; what doesn't stand out is for debugging. */
export function logEvents(log: Log): Events {
  return {
    emit({ type, ...facts }) {
      // Numbers are being texted for money, or the limit is too low for this deployment: nobody gets a text at a new number.
      const isSpent = 'why' in facts && facts.why === 'deployment';
      if (warnings.has(type) || isSpent) log.warn(facts, type);
      else if (notable.has(type)) log.info(facts, type);
      else log.debug(facts, type);
    },
  };
}
