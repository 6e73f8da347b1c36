// A proxy that passes everything on and lies about who was asked, as browsers and fetch can't: `host` among its headers.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function startLyingProxy(target: string, lies: Record<string, string>) {
  const { hostname, port } = new URL(target);
  const server: Server = createServer((incoming, answer) => {
    const headers = { ...incoming.headers, ...lies };
    const passed = request({ host: hostname, port, path: incoming.url, method: incoming.method, headers }, (real) => {
      answer.writeHead(real.statusCode ?? 502, real.rawHeaders);
      real.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
