// Hands emails to a mail server over SMTP, and tells from each failure whether the message may have left.
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { Driver, DriverAnswer } from './port.ts';
import { smtpConnection } from './smtp-connection.ts';
import { writeWhole } from './whole-message.ts';

export type SmtpOptions = {
  /** smtp:// or smtps://, with user and password; nodemailer's options may follow as a query. */
  url: string;
  /** The sender: an address, or a name and an address in angle brackets. */
  from: string;
  timeoutMs: number;
};

type SmtpError = { code?: string; responseCode?: number; command?: string };

const connections = 10;
const idleMs = 30_000;

const onOneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');

/**
 * What a failure means. A reply refuses what was just said (RFC 5321, 4.2.1): 4yz for now, 5yz for good. Without a
 * reply the message may have left as soon as one byte of it was read for the wire, and not before.
 */
const answerTo = (error: SmtpError, left: boolean): DriverAnswer => {
  const reason = ['smtp', error.code ?? 'unexpected', error.responseCode].filter(Boolean).join(' ');
  if (left && error.code !== 'EMESSAGE') return { status: 'unknown', reason };
  if (error.responseCode) return { status: error.responseCode < 500 ? 'busy' : 'refused', reason };
  if (error.code === 'EENVELOPE' || error.code === 'EMESSAGE') return { status: 'refused', reason };
  return { status: 'not_sent', reason };
};

export const createSmtp = ({ url, from, timeoutMs }: SmtpOptions): Driver => {
  const open = () => {
    const transport = createTransport({
      ...smtpConnection(url, timeoutMs),
      pool: true,
      maxConnections: connections,
      // A message leaves over the connection it was given to or not at all; trying again is the courier's to decide.
      maxRequeues: 0,
      idleTimeout: idleMs,
    });
    // An idle connection that breaks is no message's failure; without a listener it would end the process.
    transport.on('error', () => {});
    transport.use('stream', (mail, done) => {
      const whole = Buffer.from(writeWhole(mail.message));
      mail.message.createReadStream = () => {
        const stream = Readable.from([whole], { objectMode: false });
        (mail.data as { onStream?(stream: Readable): void }).onStream?.(stream);
        return stream;
      };
      done();
    });
    return transport;
  };

  let transport: ReturnType<typeof open> | undefined;

  return {
    name: 'smtp',
    channel: 'email',
    async deliver({ to, subject = '', text, html }) {
      // An address with a line break or a bracket would be a header or a second recipient.
      if (/[\r\n<>]/.test(to)) return { status: 'refused', reason: 'smtp address' };
      const streams: Readable[] = [];
      const overdue = new AbortController();
      const timer = setTimeout(() => overdue.abort(), timeoutMs);
      const mail = {
        from: onOneLine(from),
        to: { name: '', address: to },
        subject: onOneLine(subject),
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        signal: overdue.signal,
        onStream: (stream: Readable) => streams.push(stream),
      };
      try {
        await (transport ??= open()).sendMail(mail);
        return { status: 'sent' };
      } catch (error) {
        return answerTo(
          error as SmtpError,
          streams.some((stream) => stream.readableDidRead),
        );
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      transport?.close();
      transport = undefined;
    },
  };
};
