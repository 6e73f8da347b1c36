// Finds the interaction whose cookie this browser holds, and the session that it began with: what the library's
// `interactionDetails` does, but each of the two is read once per request, and the session by its key.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { AppError } from '../../errors.ts';
import { cookieSettings } from '../cookies.ts';

/** The node request and response that carry the interaction's cookie. */
export type Exchange = { req: IncomingMessage; res: ServerResponse };

export type StoredInteraction = InstanceType<Provider['Interaction']>;
type StoredSession = InstanceType<Provider['Session']>;

export function createInteractionReader(provider: Provider) {
  const cookie = provider.cookieName('interaction');
  const { short } = cookieSettings(provider.issuer);

  /** It has another key only where another request of the same browser gave it a new id meanwhile. */
  async function findSession({ uid, cookie: id }: NonNullable<StoredInteraction['session']>): Promise<StoredSession | undefined> {
    const session = await provider.Session.find(id);
    return session?.uid === uid ? session : provider.Session.findByUid(uid);
  }

  /** @throws {AppError} interaction_foreign (no cookie of it in this browser), interaction_gone (or its session, or another's session) */
  return async function read({ req, res }: Exchange): Promise<{ stored: StoredInteraction; session?: StoredSession }> {
    const id = provider.createContext(req, res).cookies.get(cookie, short);
    if (!id) throw new AppError('interaction_foreign');
    const stored = await provider.Interaction.find(id);
    if (!stored) throw new AppError('interaction_gone');
    if (!stored.session?.uid) return { stored };
    const session = await findSession(stored.session);
    if (!session?.accountId || session.accountId !== stored.session.accountId) throw new AppError('interaction_gone');
    return { stored, session };
  };
}
