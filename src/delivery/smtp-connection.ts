// How the mail server is connected to: the same for messages and for looking whether it answers.

const idleMs = 30_000;

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);

/** nodemailer's options. `url`: smtp:// or smtps://, with user and password; nodemailer's own options may follow as a query. */
export function smtpConnection(url: string, timeoutMs: number) {
  const { username, hostname } = new URL(url);
  return {
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: Math.max(timeoutMs, idleMs) + 1_000,
    // A password never crosses a network in the clear (`?requireTLS=false` in the URL takes it on).
    requireTLS: username !== '' && !isLoopback(hostname),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
