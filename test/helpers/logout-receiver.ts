// An app's end of back-channel logout: takes the tokens that are posted to it, with any answer, at a port of its own.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = { token: string; type: string; path: string; at: number };

export type LogoutReceiver = Awaited<ReturnType<typeof startLogoutReceiver>>;

export async function startLogoutReceiver() {
  const received: Received[] = [];
  let server: Server | undefined;
  let port = 0;
  let status = 200;
  let headers: Record<string, string> = {};

  function listen(): Promise<void> {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const token = new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? '';
      received.push({ token, type: request.headers['content-type'] ?? '', path: request.url ?? '', at: performance.now() });
      // No status: an app that never answers.
      if (status > 0) response.writeHead(status, headers).end();
    });
    return new Promise((resolve) => server?.listen(port, '127.0.0.1', resolve));
  }

  async function close(): Promise<void> {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }

  await listen();
  port = (server as unknown as Server).address() ? ((server as unknown as Server).address() as AddressInfo).port : 0;

  return {
    uri: `http://127.0.0.1:${port}/logout`,
    port,
    received,
    answerWith(code: number, more: Record<string, string> = {}) {
      status = code;
      headers = more;
    },
    /** Down, and up again at the same port. */
    close,
    open: listen,
    /** Resolves when so many have come, or rejects after a while. */
    async waitFor(count: number, ms = 10_000): Promise<Received[]> {
      const deadline = performance.now() + ms;
      while (received.length < count) {
        if (performance.now() > deadline) throw new Error(`${received.length} logout tokens instead of ${count} within ${ms} ms`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return received;
    },
  };
}
