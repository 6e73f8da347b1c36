// A proxy as operators have one in front of their nodes (config/haproxy.cfg): asks each for its readiness, spreads requests over those
// that are ready, keeps connections to them, and gives a request to another node only if no connection was made for it.
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

type Node = { url: string; agent: Agent; failures: number; ready: boolean };

/** A node that says no so often is out; one yes brings it back. */
const fall = 2;

const createNode = (url: string): Node => ({ url, agent: new Agent({ keepAlive: true }), failures: 0, ready: true });

export async function startReverseProxy({ checkMs = 250 } = {}) {
  let nodes: Node[] = [];
  let turn = 0;
  let open = true;
  /** `moved`: requests that went to another node, as theirs took no connection. */
  const counts = { answered: 0, moved: 0, failed: 0 };

  async function check(node: Node): Promise<void> {
    const timeout = AbortSignal.timeout(2000);
    const answer = await fetch(`${node.url}/health/ready`, { signal: timeout, headers: { connection: 'close' } }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    node.failures = answer?.status === 200 ? 0 : node.failures + 1;
    if (node.failures === 0) node.ready = true;
    else if (node.failures >= fall) node.ready = false;
  }

  async function keepChecking(node: Node): Promise<void> {
    while (open && nodes.includes(node)) {
      await check(node);
      await pause(checkMs, undefined, { ref: false });
    }
  }

  /** None is ready when a store is away: they still answer keys, and pages that say when to come back. */
  function pickNode(tried: readonly Node[]): Node | undefined {
    const left = nodes.filter((node) => !tried.includes(node));
    const ready = left.filter((node) => node.ready);
    const among = ready.length > 0 ? ready : left;
    turn += 1;
    return among[turn % among.length];
  }

  function giveUp(response: ServerResponse): void {
    counts.failed += 1;
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end('no node answered');
  }

  function forward(
    incoming: IncomingMessage,
    body: Buffer,
    { response, tried }: { response: ServerResponse; tried: readonly Node[] },
  ): void {
    const node = pickNode(tried);
    if (!node) return giveUp(response);
    const { hostname: host, port } = new URL(node.url);
    const { connection: _, 'keep-alive': __, ...headers } = incoming.headers;
    const { method, url: path } = incoming;
    let connected = false;
    const outgoing = request({ agent: node.agent, host, port, method, path, headers });
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (connected = true));
      else connected = true;
    });
    outgoing.once('error', () => {
      if (connected) return giveUp(response);
      counts.moved += 1;
      forward(incoming, body, { response, tried: [...tried, node] });
    });
    outgoing.once('response', (answer) => {
      const { connection: ___, 'keep-alive': ____, ...passed } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, passed);
      answer.once('error', () => giveUp(response));
      answer.once('end', () => (counts.answered += 1));
      answer.pipe(response);
    });
    outgoing.end(body);
  }

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => forward(incoming, Buffer.concat(chunks), { response, tried: [] }));
  });
  // This proxy never ends a connection under its clients' hands.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    counts,
    /** The nodes' addresses; those that were not among them before begin as ready. */
    use(...urls: string[]): void {
      const before = nodes;
      nodes = urls.map((url) => before.find((node) => node.url === url) ?? createNode(url));
      for (const node of nodes) if (!before.includes(node)) void keepChecking(node);
      for (const node of before) if (!nodes.includes(node)) node.agent.destroy();
    },
    isReady: (url: string) => nodes.some((node) => node.url === url && node.ready),
    async close() {
      open = false;
      for (const { agent } of nodes) agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
