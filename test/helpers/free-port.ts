// A port for a server that has to be told one. It lies below the range that the kernel hands to connections and to "any port":
// one from that range may be somebody else's before the server has come up.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const lowest = 12_000;
const ephemeral = 32_768;

export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, ephemeral);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
