// The protocol library's storage seam for clients: the store's own rows, each written only over the version that the request has read,
// so that a client's update neither undoes its operator's change nor brings back what was removed.
import { type Adapter, type ClientMetadata, errors, Provider } from 'oidc-provider';
import type { Stored } from '../../domain/sealed-rows.ts';
import { perRequest } from '../per-request.ts';
import type { ClientRecords, StoredClient } from './records.ts';
import type { ClientRemoval } from './removal.ts';
import { prepareClient } from './client.ts';

type Deps = {
  clientRecords: ClientRecords;
  removal: ClientRemoval;
  /** Asked before a client that registers itself is written. @throws the protocol's error */
  admit: () => Promise<void>;
};

export function createClientAdapter({ clientRecords, removal, admit }: Deps): Adapter {
  const known = perRequest((): { read?: Stored<StoredClient> } => ({}));

  const adapter = {
    async find(id: string) {
      const stored = await clientRecords.get(id);
      if (!stored) return undefined;
      if (Provider.ctx) known(Provider.ctx).read = stored;
      return prepareClient(stored.value.metadata);
    },

    async upsert(id: string, payload: unknown) {
      const metadata = payload as ClientMetadata;
      const before = Provider.ctx && known(Provider.ctx).read;
      if (before?.value.metadata.client_id === id) {
        if (await clientRecords.replace(before, metadata)) return;
        throw new errors.InvalidToken('the client was changed or removed meanwhile');
      }
      await admit();
      if (!(await clientRecords.insert(metadata, 'registration'))) throw new errors.InvalidClientMetadata('the client_id is taken');
    },

    async destroy(id: string) {
      await removal.remove(id);
    },
  };
  return adapter as Partial<Adapter> as Adapter;
}
