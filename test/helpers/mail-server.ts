// A real SMTP server for tests: keeps what arrives, parsed, and misbehaves on request.
import type { AddressInfo, Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { createInbox } from './inbox.ts';

/** How the server takes one message. Whatever is not scripted is accepted. */
export type MailAnswer =
  | 'accept'
  /** 550 to RCPT TO. */
  | 'refuse'
  /** 451 to RCPT TO. */
  | 'busy'
  /** 554 after the message. */
  | 'refuse_message'
  /** Never answers RCPT TO. */
  | 'silence'
  /** Takes the whole message and never answers. */
  | 'silence_after_data'
  /** Hangs up at RCPT TO. */
  | 'drop'
  /** Takes the whole message and hangs up. */
  | 'drop_after_data';

export type ReceivedMail = {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** By lower-case name; the last one of a kind. */
  headers: Record<string, string>;
  raw: string;
};

const replyOf = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });

const read = async (stream: SMTPServerDataStream): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const parse = async (session: SMTPServerSession, raw: Buffer): Promise<ReceivedMail> => {
  const mail: Email = await new PostalMime().parse(raw);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map((recipient) => recipient.address).join(', '),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
    raw: raw.toString(),
  };
};

/** `password`: the only one that is taken; without it every one is. */
export const startMailServer = async ({ port = 0, password }: { port?: number; password?: string } = {}) => {
  const script: MailAnswer[] = [];
  const inbox = createInbox<ReceivedMail>('mail');
  const answers = new Map<string, MailAnswer>();
  let transactions = 0;

  const sockets = () => (server as unknown as { connections: Set<{ id: string; _socket: Socket }> }).connections;
  const hangUp = (session: SMTPServerSession) => {
    for (const connection of sockets()) if (connection.id === session.id) connection._socket.destroy();
  };

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onAuth({ username, password: given }, _session, done) {
      if (password !== undefined && given !== password) return done(replyOf(535, 'Authentication failed'));
      done(null, { user: username });
    },
    onRcptTo(_address, session, done) {
      transactions += 1;
      const answer = script.shift() ?? 'accept';
      answers.set(session.id, answer);
      if (answer === 'refuse') return done(replyOf(550, 'No such mailbox'));
      if (answer === 'busy') return done(replyOf(451, 'Try again later'));
      if (answer === 'drop') return hangUp(session);
      if (answer !== 'silence') done();
    },
    async onData(stream, session, done) {
      const answer = answers.get(session.id);
      const raw = await read(stream).catch(() => undefined);
      if (!raw) return; // the client hung up in the middle of it
      if (answer === 'refuse_message') return done(replyOf(554, 'Not this message'));
      inbox.add(await parse(session, raw));
      if (answer === 'drop_after_data') return hangUp(session);
      if (answer !== 'silence_after_data') done();
    },
  });
  server.on('error', () => {}); // clients hang up in tests
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    /** Everything that arrived in full, oldest first, also what was not acknowledged. */
    received: inbox.items,
    /** Deliveries that were begun, whatever became of them. */
    get transactions() {
      return transactions;
    },
    /** How the next messages are taken, one entry each. */
    script: (...next: MailAnswer[]) => void script.push(...next),
    next: inbox.next,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of sockets()) connection._socket.destroy();
      await closed;
    },
  };
};

export type MailServer = Awaited<ReturnType<typeof startMailServer>>;
