// An app's address that takes forms, and tells what it got.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, string>;

export async function receiveForms() {
  const waiting: ((fields: Fields) => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      if (request.method === 'POST') waiting.shift()?.(Object.fromEntries(new URLSearchParams(body)));
      response.end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    /** The next form that arrives. */
    next: () => new Promise<Fields>((resolve) => void waiting.push(resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
