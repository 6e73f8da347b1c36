// Keeps the last messages in memory instead of sending them: development and tests read them, production refuses it.
import { randomUUID } from 'node:crypto';
import type { Channel, Driver } from './port.ts';

export type OutboxEntry = {
  id: string;
  channel: Channel | 'voice';
  to: string;
  subject?: string;
  text: string;
  html?: string;
  /** ISO 8601. */
  sentAt: string;
};

export interface Outbox {
  /** Oldest first; with `to` only what went to that address (any case) or number (any spelling of E.164). */
  list(to?: string): OutboxEntry[];
}

// A "+" that somebody forgot to encode in a query arrives as a space.
const comparable = (address: string): string => (address.includes('@') ? address.trim().toLowerCase() : address.replace(/\D/g, ''));

export const createOutbox = ({ size, now }: { size: number; now: () => number }) => {
  let entries: OutboxEntry[] = [];

  const driver = (channel: Channel): Driver => ({
    name: 'outbox',
    channel,
    async deliver({ to, subject, text, html }) {
      const entry = { id: randomUUID(), channel, to, subject, text, html, sentAt: new Date(now()).toISOString() };
      entries = [...entries, entry].slice(-size);
      return { status: 'sent' };
    },
  });

  const outbox: Outbox = {
    list: (to) => (to === undefined ? [...entries] : entries.filter((entry) => comparable(entry.to) === comparable(to))),
  };

  return { driver, outbox };
};
