// The lightest browser that can sign in: keep-alive connections, cookies by path, one request at a time.
import { Agent, request as httpRequest } from 'node:http';

export type Reply = { status: number; location?: string; text: string };
export type User = {
  get(url: string): Promise<Reply>;
  post(url: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Reply>;
  requests(): number;
};

type Outgoing = { method: string; body?: string; headers?: Record<string, string> };

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export function createUser(origin: string): User {
  const jar = new Map<string, { value: string; path: string }>();
  let count = 0;

  function keep(header: string): void {
    const [pair = ''] = header.split(';', 1);
    const at = pair.indexOf('=');
    const path = /path=([^;]+)/i.exec(header)?.[1] ?? '/';
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (/expires=Thu, 01 Jan 1970/i.test(header)) jar.delete(`${name}${path}`);
    else jar.set(`${name}${path}`, { value: `${name}=${value}`, path });
  }

  function send(url: string, { method, body, headers = {} }: Outgoing): Promise<Reply> {
    count += 1;
    const target = new URL(url, origin);
    const cookie = [...jar.values()]
      .filter(({ path }) => target.pathname.startsWith(path))
      .map(({ value }) => value)
      .join('; ');
    return new Promise((resolve, reject) => {
      const all = { accept: 'text/html', ...(cookie ? { cookie } : {}), ...headers };
      const outgoing = httpRequest(target, { method, agent, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        for (const header of response.headers['set-cookie'] ?? []) keep(header);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, location: response.headers.location, text: Buffer.concat(chunks).toString() }),
        );
        response.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  return {
    get: (url) => send(url, { method: 'GET' }),
    post: (url, fields, headers = { origin }) =>
      send(url, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    requests: () => count,
  };
}
