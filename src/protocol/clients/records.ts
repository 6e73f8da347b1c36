// Clients that live in the store, beside those of CLIENTS_FILE: sealed, their secrets as hashes only.
import type { ClientMetadata } from 'oidc-provider';
import { sealedRecords, type Stored } from '../../domain/sealed-rows.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Records } from '../../storage/port.ts';
import { keepHash } from './secrets.ts';

/** Who made it: the operator's command, or the client itself (RFC 7591). */
export type Origin = 'operator' | 'registration';

export type StoredClient = {
  metadata: ClientMetadata;
  origin: Origin;
  /** Milliseconds since the epoch. */
  createdAt: number;
  changedAt: number;
};

export type ClientRecords = ReturnType<typeof createClientRecords>;

const kind = 'Client';
const pageSize = 200;

export function createClientRecords({ records, keys, now }: { records: Records; keys: Keys; now: () => number }) {
  const clients = sealedRecords<StoredClient>(records, keys, kind);
  const keyOf = (id: string) => keys.lookup(kind, id);

  return {
    get: (id: string): Promise<Stored<StoredClient> | undefined> => clients.get(keyOf(id)),

    /** False: the id is taken. */
    insert(metadata: ClientMetadata, origin: Origin): Promise<boolean> {
      const at = now();
      return clients.insert(keyOf(metadata.client_id), { metadata: keepHash(metadata), origin, createdAt: at, changedAt: at });
    },

    /** False: somebody else has changed or removed it meanwhile. */
    replace(stored: Stored<StoredClient>, metadata: ClientMetadata): Promise<boolean> {
      const value = { ...stored.value, metadata: keepHash(metadata), changedAt: now() };
      return clients.replace(keyOf(metadata.client_id), { ...stored, value });
    },

    remove: (id: string): Promise<boolean> => clients.remove(keyOf(id)),

    async list(): Promise<StoredClient[]> {
      const all: StoredClient[] = [];
      let after: string | undefined;
      do {
        const page = await records.list<string>(kind, 'all', { limit: pageSize, after });
        all.push(...page.rows.map(({ key, value }) => keys.open<StoredClient>(value, `${kind}:${key}`)));
        after = page.next;
      } while (after !== undefined);
      return all.toSorted((a, b) => a.createdAt - b.createdAt);
    },
  };
}
