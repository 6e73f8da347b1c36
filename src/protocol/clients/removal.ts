// A client that is removed takes along all that was issued to it, and what people had agreed to: whoever gets its id later inherits
// nothing. Its sector stays, so that its people keep their `sub` where it comes back.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Storage } from '../../storage/port.ts';
import { clientCacheMs } from './cache.ts';
import type { ClientLogos } from './logos.ts';
import type { ClientRecords } from './records.ts';
import { registered } from '../registration/admission.ts';

export type ClientRemoval = ReturnType<typeof createClientRemoval>;

type Deps = { storage: Storage; clientRecords: ClientRecords; logos: ClientLogos };

const durable = ['RefreshToken', 'consent'];
/** What has no grant yet, or never has one. */
const short = ['ClientCredentials', 'DeviceCode'];

export function createClientRemoval({ storage, clientRecords, logos }: Deps) {
  const { records, expiring } = storage;

  /** Grants first: everything that was issued under one loads it. */
  async function purge(id: string): Promise<void> {
    await records.removeAll('Grant', 'client', id);
    await Promise.all([
      ...durable.map((kind) => records.removeAll(kind, 'client', id)),
      ...short.map((kind) => expiring.removeAll(kind, 'client', id)),
    ]);
  }

  /** What it manages itself with, and its pictures: needed for as long as it is there, if only to be removed once more. */
  async function removeOwn(id: string): Promise<void> {
    await Promise.all([records.removeAll('RegistrationAccessToken', 'client', id), logos.removeAll(id)]);
  }

  return {
    /** False: there was no such client in the store. */
    async remove(id: string): Promise<boolean> {
      const stored = await clientRecords.get(id);
      // Before the client, too: cut off, the command finds it again, or nothing is left to whoever gets its id.
      await purge(id);
      if (!stored || !(await clientRecords.remove(id))) {
        await removeOwn(id);
        return false;
      }
      if (stored.value.origin === 'registration') await records.bump(registered.kind, registered.key, -1);
      await Promise.all([purge(id), removeOwn(id)]);
      // Nodes may know the client for a moment longer, and issue something.
      await sleep(clientCacheMs + 100);
      await Promise.all([purge(id), removeOwn(id)]);
      return true;
    },
  };
}
