// Everything about clients, put together: where they are kept, how they come in, and what their operator does with them.
import type { ClientMetadata, Provider } from 'oidc-provider';
import type { Keys } from '../../keys/keys.ts';
import type { Storage } from '../../storage/port.ts';
import { createClientAdapter } from './adapter.ts';
import { type ClientDesk, createClientDesk } from './desk.ts';
import { createClientLogos } from './logos.ts';
import { createClientRecords } from './records.ts';
import { createClientRemoval } from './removal.ts';
import { checkFixed, holdLogos } from './fixed.ts';
import { createAdmission, type RegistrationRules } from '../registration/admission.ts';

type Deps = {
  storage: Storage;
  keys: Keys;
  now: () => number;
  /** Those of CLIENTS_FILE. */
  clients: readonly ClientMetadata[];
  registration: RegistrationRules;
};

/** @throws {ClientRefused} naming the clients whose logos can't be served */
export function createClientParts({ storage, keys, now, clients, registration }: Deps) {
  const { records } = storage;
  const clientRecords = createClientRecords({ records, keys, now });
  const logos = createClientLogos({ records, keys });
  const fixed = holdLogos(clients, logos);
  const removal = createClientRemoval({ storage, clientRecords, logos });
  const admit = createAdmission({ storage, keys, now, rules: registration });
  return {
    clients: fixed,
    logos,
    clientAdapter: createClientAdapter({ clientRecords, removal, admit }),

    /** @throws {ClientRefused} naming the clients that the library can't work with */
    openDesk(provider: Provider): ClientDesk {
      checkFixed(provider, fixed);
      return createClientDesk({ provider, clientRecords, removal, logos, now, fixed });
    },
  };
}
