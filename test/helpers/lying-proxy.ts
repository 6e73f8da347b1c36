// A proxy that passes everything on and lies about it: of who was asked, as browsers and fetch can't (`host` among its headers),
// or in what it answers.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificate, key } from './localhost-tls.ts';

type Lies = { [header: string]: string | undefined };

/** `answers`: the headers of an answer, as names and values in turn, to be changed; `tls`: https, with a certificate of its own. */
type Options = { port?: number; tls?: boolean; answers?: (headers: string[], incoming: IncomingMessage) => string[] };

/** An undefined header is dropped. */
export async function startLyingProxy(
  target: string,
  lies: Lies,
  { port: at = 0, tls = false, answers = (headers) => headers }: Options = {},
) {
  const { hostname, port } = new URL(target);
  function pass(incoming: IncomingMessage, answer: ServerResponse) {
    const headers = { ...incoming.headers, ...lies };
    for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
    const options = { host: hostname, port, path: incoming.url, method: incoming.method, headers };
    const passed = request(options, (real) => {
      answer.writeHead(real.statusCode ?? 502, answers(real.rawHeaders, incoming));
      real.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    incoming.pipe(passed);
  }
  const server: Server = tls ? createSecureServer({ cert: certificate, key }, pass) : createServer(pass);
  await new Promise<void>((resolve) => server.listen(at, 'localhost', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://localhost:${own}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
