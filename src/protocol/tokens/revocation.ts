// Revocation is the deletion of a Grant: everything that was issued under it loads it first, and what is short-lived is left
// to expire. A second use of what is used once revokes in the same way, so that the outcome of a race never depends on timing
// (RFC 9700, 2.1.1 and 4.14).
import { type AdapterPayload, errors } from 'oidc-provider';
import type { Events } from '../../domain/events.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Mark, Storage } from '../../storage/port.ts';

export type Revocation = ReturnType<typeof createRevocation>;

export function createRevocation({ storage, keys, events }: { storage: Storage; keys: Keys; events: Events }) {
  const { records, expiring } = storage;
  const grantKey = (grantId: string) => keys.lookup('Grant', grantId);

  /** The grant first: what remains is clean-up. */
  async function revokeGrant(key: string): Promise<void> {
    await records.remove('Grant', key);
    await records.removeAll('RefreshToken', 'grant', key);
  }

  /** @throws the protocol's error for a second use; a refresh token's retry within its grace is none. */
  async function onSecondUse(model: string, key: string, mark: Exclude<Mark, 'first'>): Promise<void> {
    switch (model) {
      case 'RefreshToken':
        // Whether a rotated token may be retried was judged when it was found, and is again when its child is written.
        if (mark === 'absent') throw new errors.InvalidGrant('refresh token not found');
        return;
      case 'PushedAuthorizationRequest':
        throw new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
      default: {
        const row = await expiring.get<string>(model, key);
        const grantId = row && keys.open<AdapterPayload>(row.value, `${model}:${key}`).grantId;
        if (grantId) {
          await revokeGrant(grantKey(grantId));
          events.emit({ type: 'grant_revoked', why: 'code_reused' });
        }
        throw new errors.InvalidGrant('authorization code already consumed');
      }
    }
  }

  return { grantKey, revokeGrant, onSecondUse };
}
