// The log: JSON lines, or lines for people. Says what happened and never to whom: no code, address, token or cookie.
import { pino, type Logger } from 'pino';
import type { Events } from '../domain/events.ts';

export type Log = Logger;

export function createLog({ level, pretty }: { level: string; pretty: boolean }): Log {
  const transport = pretty ? { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } } : undefined;
  return pino({ level, transport, base: undefined });
}

/**
 * Paths carry the ids of interactions, which are also cookies, and in mangled links anything: addresses, codes, tokens.
 * Only segments that are plain words stay. The query is never logged.
 */
export function maskPath(path: string): string {
  const mask = (segment: string) => (/^[a-z.-]{0,24}$/.test(segment) ? segment : ':masked');
  return path.split('/').map(mask).join('/').slice(0, 200);
}

/** Domain events as log lines: security-relevant refusals stand out, the rest is for debugging. */
export function logEvents(log: Log): Events {
  const warnings = new Set(['grant_revoked', 'address_conflict']);
  return {
    emit({ type, ...facts }) {
      if (warnings.has(type)) log.warn(facts, type);
      else log.debug(facts, type);
    },
  };
}
