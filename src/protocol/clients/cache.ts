// Clients are looked up several times per request. One that was read is kept for half a second: what an operator changes holds on
// every node within that time, and nothing has to be told to anybody. Ids that nobody has are never kept.
import type { Client, Provider } from 'oidc-provider';

/** Real time, whatever clock the rules go by. */
export const clientCacheMs = 500;
const limit = 1000;

type Find = (id: unknown) => Promise<Client | undefined>;

/** @param bypass whether the request under way needs the client as it is stored now */
export function cacheClients(provider: Provider, bypass: () => boolean): void {
  const Client = provider.Client as unknown as { find: Find };
  const load = Client.find.bind(Client);
  const known = new Map<string, { client: Promise<Client | undefined>; until: number }>();

  function keep(id: string, client: Promise<Client | undefined>): void {
    known.delete(id);
    const [oldest] = known.keys();
    if (known.size >= limit && oldest !== undefined) known.delete(oldest);
    known.set(id, { client, until: performance.now() + clientCacheMs });
  }

  function forget(id: string, client: Promise<Client | undefined>): void {
    if (known.get(id)?.client === client) known.delete(id);
  }

  Client.find = async (id) => {
    if (typeof id !== 'string' || bypass()) return load(id);
    const entry = known.get(id);
    if (entry && entry.until > performance.now()) return entry.client;
    const client = load(id);
    keep(id, client);
    try {
      const found = await client;
      if (!found) forget(id, client);
      return found;
    } catch (error) {
      forget(id, client);
      throw error;
    }
  };
}
