// The HTTP server: opened before there is an app, so that a taken port is known at once, and closed without dropping requests.
import { createServer } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import { Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Listener = {
  /** The port that was opened, also where 0 was asked for. */
  port: number;
  /** From now on `handler` answers; requests that came earlier have waited for it. */
  answerWith(handler: RequestListener): void;
  /** From now on every answer ends its connection, so that the client makes its next one elsewhere. */
  retire(): void;
  /** Stops accepting, and lets requests under way finish, at most `seconds`; `gently` keeps idle connections while any still brings requests. */
  close(options: { seconds: number; gently: boolean }): Promise<void>;
};

/** `keepAliveSeconds`: how long an idle connection is kept. */
export type Address = { port: number; host?: string; keepAliveSeconds: number };

/** What a proxy sent just now is here after so many milliseconds. */
const quietMs = 1000;

/** @throws the system's error where the port can't be opened */
export async function openListener({ port, host, keepAliveSeconds }: Address): Promise<Listener> {
  const handler = Promise.withResolvers<RequestListener>();
  const server = createServer((request, response) => void handler.promise.then((answer) => answer(request, response)));
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));

  let retired = false;
  let lastRequest = 0;
  const underWay = new Set<ServerResponse>();
  const announce = (response: ServerResponse) => !response.headersSent && response.setHeader('Connection', 'close');
  server.prependListener('request', (_, response) => {
    lastRequest = performance.now();
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (retired) announce(response);
  });

  function retire(): void {
    retired = true;
    underWay.forEach(announce);
  }

  return {
    port: (server.address() as AddressInfo).port,
    answerWith(answer) {
      handler.resolve(answer);
    },
    retire,
    async close({ seconds, gently }) {
      retire();
      const closed = new Promise<void>((resolve) => {
        // Node's http close() also cuts idle connections, on which a proxy may be sending its next request just now.
        // The plain close only stops accepting; the next answer on each connection ends it.
        Server.prototype.close.call(server, () => resolve());
      });
      const deadline = performance.now() + seconds * 1000;
      while (performance.now() < deadline) {
        if (!gently || performance.now() - lastRequest > quietMs) server.closeIdleConnections();
        if (await Promise.race([closed.then(() => true), sleep(100, false)])) return;
      }
      server.closeAllConnections();
    },
  };
}
