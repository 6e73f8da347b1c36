// Pairwise subjects (OpenID Connect Core, 8.1): one `sub` per person and sector, which survives every change of address
// and every move of the client to another host.
import type { Client } from 'oidc-provider';
import type { Keys } from '../../keys/keys.ts';
import type { Records } from '../../storage/port.ts';

export type Sectors = ReturnType<typeof createSectors>;

/** Custom schemes have no host: there the client is its own sector. */
function firstHost(client: Client): string {
  const [first = ''] = client.redirectUris ?? [];
  return (/^https?:/.test(first) && new URL(first).host) || client.clientId;
}

export function createSectors({ records, keys }: { records: Records; keys: Keys }) {
  const known = new Map<string, string>();

  /** The client's `sector`; without it the first redirect URI's host, frozen in the store at first sight. */
  async function sectorOf(client: Client): Promise<string> {
    if (typeof client.sector === 'string') return client.sector;
    const cached = known.get(client.clientId);
    if (cached) return cached;
    const seen = firstHost(client);
    const key = keys.lookup('sector', client.clientId);
    const inserted = await records.insert('sector', key, { sector: seen });
    const sector = inserted ? seen : ((await records.get<{ sector: string }>('sector', key))?.value.sector ?? seen);
    known.set(client.clientId, sector);
    return sector;
  }

  /** The subject key is never rotated. */
  async function subjectOf(account: string, client: Client): Promise<string> {
    return keys.derive('subject', await sectorOf(client), account);
  }

  /** For looking only: a client that nobody has signed in to has no sector yet, and gets none by this. */
  async function findSubject(account: string, { clientId, sector }: { clientId: string; sector?: string }): Promise<string | undefined> {
    const frozen = sector ?? (await records.get<{ sector: string }>('sector', keys.lookup('sector', clientId)))?.value.sector;
    return frozen === undefined ? undefined : keys.derive('subject', frozen, account);
  }

  return { sectorOf, subjectOf, findSubject };
}
