// One keep-alive HTTP/1.1 connection, one request at a time. Node's own client costs the load more than a userinfo request costs a
// server: a load that is slower than what it measures measures itself.
import { createConnection, type Socket } from 'node:net';

export type Answer = { status: number; location?: string; cookies: string[]; text: string };
export type Question = { method: 'GET' | 'POST'; path: string; headers?: Record<string, string>; body?: string };

export type Connection = {
  send(question: Question): Promise<Answer>;
  /** Requests that were answered so far. */
  requests(): number;
  close(): void;
};

type Waiting = { resolve(answer: Answer): void; reject(error: Error): void };

/** `nodes` (host:port) take turns, request by request: no node may rely on having seen the one before. */
export function openConnection(nodes: readonly string[]): Connection {
  const lines = nodes.map(openLine);
  let count = 0;
  return {
    async send(question) {
      const answer = await lines[count % lines.length]!.send(question);
      count += 1;
      return answer;
    },
    requests: () => count,
    close: () => lines.forEach((line) => line.close()),
  };
}

function openLine(node: string) {
  const url = new URL(`http://${node}`);
  let socket: Socket | undefined;
  let waiting: Waiting | undefined;
  let received = '';

  function connect(): Socket {
    const opened = createConnection({ host: url.hostname, port: Number(url.port), noDelay: true }).setEncoding('latin1');
    const fail = (error: Error) => {
      if (socket === opened) socket = undefined;
      const { reject } = waiting ?? {};
      waiting = undefined;
      reject?.(error);
    };
    opened.on('error', fail);
    opened.on('close', () => fail(new Error(`${node} closed the connection`)));
    opened.on('data', (chunk: string) => {
      received += chunk;
      const answer = readAnswer(received);
      if (!answer) return;
      received = '';
      const { resolve } = waiting!;
      waiting = undefined;
      resolve(answer);
    });
    return opened;
  }

  return {
    send({ method, path, headers = {}, body }: Question): Promise<Answer> {
      received = '';
      socket ??= connect();
      let head = `${method} ${path} HTTP/1.1\r\nHost: ${node}\r\n`;
      for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
      if (body !== undefined) head += `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket!.write(`${head}\r\n${body ?? ''}`);
      });
    },
    close: () => socket?.destroy(),
  };
}

/** @returns undefined while a part is missing */
function readAnswer(received: string): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const lines = received.slice(0, end).split('\r\n');
  const status = Number(lines[0]?.slice(9, 12));
  const answer: Answer = { status, cookies: [], text: '' };
  let length: number | undefined;
  let chunked = false;
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 2);
    if (name === 'content-length') length = Number(value);
    else if (name === 'transfer-encoding') chunked = value === 'chunked';
    else if (name === 'location') answer.location = value;
    else if (name === 'set-cookie') answer.cookies.push(value);
  }
  const body = received.slice(end + 4);
  const text = chunked ? joinChunks(body) : body.length >= (length ?? 0) ? body : undefined;
  return text === undefined ? undefined : { ...answer, text };
}

/** RFC 9112, 7.1. */
function joinChunks(body: string): string | undefined {
  if (!body.endsWith('0\r\n\r\n')) return undefined;
  let text = '';
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = parseInt(body.slice(at, lineEnd), 16);
    if (size === 0) return text;
    text += body.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
