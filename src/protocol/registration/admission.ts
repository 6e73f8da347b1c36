// How many clients may register themselves: so many in all, so many an hour, so many per invitation. Each is one atomic count.
import { errors, Provider } from 'oidc-provider';
import type { Keys } from '../../keys/keys.ts';
import type { Storage } from '../../storage/port.ts';

export type RegistrationRules = { maxClients: number; perHour: number };

/** The counter of all clients that have registered themselves. */
export const registered = { kind: 'registered-clients', key: 'all' };

/** An initial access token (RFC 7591, 1.2) with the number of clients that it is good for. */
export type Invitation = { jti: string; exp?: number; uses?: number; destroy(): Promise<void> };

function refuse(error: string, description: string, status = 400): Error {
  return Object.assign(new errors.CustomOIDCProviderError(error, description), { status, statusCode: status });
}

type Deps = { storage: Storage; keys: Keys; now: () => number; rules: RegistrationRules };

export function createAdmission({ storage, keys, now, rules }: Deps) {
  const { records, expiring } = storage;

  async function countHour(): Promise<void> {
    const spent = await expiring.spend('registration', [{ name: 'registrations', rules: [{ limit: rules.perHour, seconds: 3600 }] }]);
    if (spent.ok) return;
    Provider.ctx?.set('Retry-After', String(Math.max(1, Math.ceil((spent.retryAt - now()) / 1000))));
    throw refuse('too_many_requests', 'too many clients have registered within the hour', 429);
  }

  /** @throws InvalidToken where it has been used up */
  async function useInvitation(invitation: Invitation): Promise<void> {
    const { jti, exp, uses = 1 } = invitation;
    const used = await records.bump('invitation-uses', keys.lookup('invitation', jti), 1, exp && exp * 1000);
    if (used > uses) throw new errors.InvalidToken('initial access token has been used');
    if (used === uses) await invitation.destroy();
  }

  async function countClient(): Promise<void> {
    if ((await records.bump(registered.kind, registered.key, 1)) <= rules.maxClients) return;
    await uncountClient();
    throw refuse('access_denied', 'no more clients can register here', 403);
  }

  const uncountClient = () => records.bump(registered.kind, registered.key, -1);

  /** For the request under way. @throws the protocol's error */
  return async function admit(): Promise<void> {
    const invitation = Provider.ctx?.oidc.entities.InitialAccessToken as Invitation | undefined;
    await countHour();
    await countClient();
    if (!invitation) return;
    await useInvitation(invitation).catch(async (error: unknown) => {
      await uncountClient();
      throw error;
    });
  };
}
