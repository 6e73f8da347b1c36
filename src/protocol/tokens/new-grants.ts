// One new grant, however many requests of a session build one at once (two tabs, just after a revocation): tokens that end
// with their session are bound to the one grant that it names, so that a second grant's code would be refused.
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { sealedExpiring } from '../../domain/sealed-rows.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Expiring } from '../../storage/port.ts';
import { letAnswerWait } from '../answers.ts';

export type NewGrants = ReturnType<typeof createNewGrants>;

/** Longer than a request takes; from then on the session itself names the grant. */
const seconds = 60;

export function createNewGrants({ expiring, keys }: { expiring: Expiring; keys: Keys }) {
  const agreed = sealedExpiring<string>(expiring, keys, 'new-grant');

  /**
   * @param grant not saved, and not known to anybody
   * @param before the grant that the session names, which is over or says something else
   * @returns the grant that all of them take. It may still be on its way to the store: what comes of the request is told when it is there
   */
  return async function saveNew({ oidc }: KoaContextWithOIDC, grant: Grant, before: string | undefined): Promise<Grant> {
    const { session, client, provider } = oidc;
    const saved = grant.save();
    // Who comes from a page of ours is one request, not several.
    if (!session || !client || oidc.result) {
      await letAnswerWait(saved);
      return grant;
    }
    await saved;
    const content = JSON.stringify([grant.openid, grant.resources]);
    for (let last = before ?? ''; ;) {
      const key = keys.lookup('new-grant', session.uid, client.clientId, content, last);
      if (await agreed.add(key, grant.jti, seconds)) return grant;
      const first = (await agreed.get(key))?.value;
      const alive = first === undefined ? undefined : await provider.Grant.find(first);
      if (alive) {
        await grant.destroy();
        return alive;
      }
      // It has been revoked meanwhile, and never comes back: the next one after it.
      last = first ?? last;
    }
  };
}
