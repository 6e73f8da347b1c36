// The library's view of an account: who it is, and which claims it releases to the client of this request.
import type { Account as LibraryAccount, KoaContextWithOIDC } from 'oidc-provider';
import { type Account, findAddress } from '../domain/accounts/account.ts';
import type { Consents } from '../domain/consents/consents.ts';
import type { Keys } from '../keys/keys.ts';
import { type Generations, generationHere } from './sessions/generations.ts';
import type { Sectors } from './clients/sectors.ts';

type AccountWithRecord = LibraryAccount & { record: Account };

/** Our record behind the library's account. */
export function recordOf(account: LibraryAccount | undefined): Account | undefined {
  return (account as AccountWithRecord | undefined)?.record;
}

type Deps = { generations: Generations; consents: Consents; keys: Keys; sectors: Sectors };

export function createFindAccount({ generations, consents, keys, sectors }: Deps) {
  /** Only what was proven by a code here and agreed to for this client; the library then filters by scope and claims. */
  async function claimsFor(account: Account, ctx: KoaContextWithOIDC): Promise<Record<string, unknown>> {
    const client = ctx.oidc.client;
    const consent = client && (await consents.find(account.id, client.clientId));
    if (!client || !consent) return {};
    const granted = (name: 'email' | 'phone' | 'phone_pseudonym') => consent.granted.includes(name);
    // The very address that was agreed to: one that is gone releases nothing until the person is asked again.
    const chosen = (channel: 'email' | 'phone') => {
      const key = consent.addresses[channel];
      return key === undefined ? undefined : findAddress(account, channel, key);
    };
    const email = chosen('email');
    const phone = chosen('phone');
    return {
      ...(email && granted('email')
        ? { email: email.address, email_verified: true, email_verified_at: Math.floor(email.provenAt / 1000) }
        : {}),
      ...(phone && granted('phone')
        ? { phone_number: phone.address, phone_number_verified: true, phone_number_verified_at: Math.floor(phone.provenAt / 1000) }
        : {}),
      ...(phone && granted('phone_pseudonym')
        ? { phone_pseudonym: keys.derive('phone-pseudonym', await sectors.sectorOf(client), phone.address) }
        : {}),
    };
  }

  /** @param token what acts for the account, judged by its grant; without one it is the session */
  return async function findAccount(ctx: KoaContextWithOIDC, id: string, token?: unknown): Promise<AccountWithRecord | undefined> {
    const account = await (token ? generations.findActive(id) : generations.findCurrent(id, generationHere(ctx)));
    if (!account) return undefined;
    return {
      accountId: id,
      record: account,
      claims: async () => ({ sub: id, ...(await claimsFor(account, ctx)) }),
    };
  };
}
