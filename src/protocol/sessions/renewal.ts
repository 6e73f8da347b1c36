// A session gets a new id whenever a sign-in has changed what it is worth, so that nobody who knew the old one gains by it
// (session fixation, CWE-384). The library renews the id at every return from a page, also where the person has only agreed or
// chosen: here a session that stays what it was is written once, and not taken away and made anew.
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { generationIn } from './generations.ts';
import { type LoginResult, proofsOf } from './proofs.ts';

/** The sign-in was taken over when an earlier prompt of the request was answered. */
function holds(session: KoaContextWithOIDC['oidc']['session'], login: LoginResult): boolean {
  const known = proofsOf(session);
  return (
    session?.accountId === login.accountId &&
    generationIn(session) === generationIn(login) &&
    login.proofs.every(({ key, at }) => known.some((proof) => proof.key === key && proof.at >= at))
  );
}

/** Also true of a sign-out, which has no interaction: false is only what is known to have changed nothing. */
function mayHaveChanged(ctx: KoaContextWithOIDC | undefined): boolean {
  const { entities, result, session } = ctx?.oidc ?? {};
  const before = entities?.Interaction?.session;
  if (!result || !session?.accountId || before?.accountId !== session.accountId) return true;
  return result.login !== undefined && !holds(session, result.login as LoginResult);
}

export function renewAfterSignIn(provider: Provider): void {
  const prototype = provider.Session.prototype as unknown as { resetIdentifier(): void };
  const renew = prototype.resetIdentifier;
  prototype.resetIdentifier = function resetIdentifier(this: unknown) {
    if (mayHaveChanged(Provider.ctx)) renew.call(this);
  };
}
