// A mail server in the load's process. The code reaches the person as in a deployment: by SMTP, in the background, and without a
// request more to the server that is measured.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type MailSink = {
  url: string;
  /** The newest code to an address that nobody has read yet; waits for it. */
  readCode(to: string): Promise<string>;
  close(): void;
};

const patienceMs = 20_000;

export async function openMailSink(): Promise<MailSink> {
  const codes = new Map<string, string>();
  const readers = new Map<string, (code: string) => void>();

  function take(to: string, message: string): void {
    const body = message.slice(message.indexOf('\r\n\r\n'));
    const code = /^(\d{6})\b/m.exec(body)?.[1];
    if (code === undefined) return;
    const read = readers.get(to);
    if (read) read(code);
    else codes.set(to, code);
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      let message = '';
      stream.setEncoding('latin1');
      stream.on('data', (chunk: string) => (message += chunk));
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo) take(address, message);
        done();
      });
    },
  });
  server.on('error', () => {}); // a server that is stopped hangs up
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    readCode(to) {
      const code = codes.get(to);
      codes.delete(to);
      if (code !== undefined) return Promise.resolve(code);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no code for ${to} within ${patienceMs / 1000} s`)), patienceMs);
        readers.set(to, (arrived) => {
          clearTimeout(timer);
          readers.delete(to);
          resolve(arrived);
        });
      });
    },
    close: () => server.close(() => undefined),
  };
}
