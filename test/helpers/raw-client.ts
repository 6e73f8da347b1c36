// Many requests exactly as given, over connections that are kept: fetch would mend their paths, headers and methods.
import { Agent, request } from 'node:http';

export type RawRequest = { method: string; path: string; headers: Record<string, string>; body?: string };
export type RawAnswer = { status: number; headers: Headers; text: string };

export function createRawClient(origin: string) {
  const { hostname: host, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });

  function send({ method, path, headers, body = '' }: RawRequest): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const withLength = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = request({ agent, host, port, method, path, headers: withLength });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const entries = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as [string, string]);
          resolve({ status: response.statusCode ?? 0, headers: new Headers(entries), text: Buffer.concat(chunks).toString() });
        });
      });
      outgoing.end(body);
    });
  }

  return { send, close: () => agent.destroy() };
}
