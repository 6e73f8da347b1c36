// This app's own sessions: a random cookie, and what belongs to it kept in memory. Use a real store if you run more than one process.
import { randomBytes } from 'node:crypto';
import type { PendingSignIn, SignedIn } from './openid.ts';

export type Session = {
  id: string;
  /** Sign-ins under way, by their `state`: a person may have started one in each of two tabs. */
  pending: Map<string, PendingSignIn>;
  signedIn?: SignedIn;
  /** Said once, on the next page. */
  notice?: string;
  expiresAt: number;
};

// Cookies know no ports. Another name than the provider's keeps the two apart even where both run on one host.
const cookieName = 'example_app_session';
const lifeSeconds = 8 * 60 * 60;
const mostSessions = 10_000;

export function createSessions() {
  const sessions = new Map<string, Session>();

  /** Oldest first, because a Map keeps the order in which sessions were added and all live equally long. */
  function makeRoom() {
    for (const { id, expiresAt } of sessions.values()) {
      if (expiresAt > Date.now() && sessions.size < mostSessions) return;
      sessions.delete(id);
    }
  }

  function add(rest: Pick<Session, 'pending' | 'signedIn'>): Session {
    makeRoom();
    const session = { ...rest, id: randomBytes(32).toString('base64url'), expiresAt: Date.now() + lifeSeconds * 1000 };
    sessions.set(session.id, session);
    return session;
  }

  return {
    find(cookieHeader = ''): Session | undefined {
      const cookies = cookieHeader.split(';').map((pair) => pair.trim());
      const id = cookies.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
      const session = id ? sessions.get(id) : undefined;
      return session && session.expiresAt > Date.now() ? session : undefined;
    },

    start: () => add({ pending: new Map() }),

    /** A new id at sign-in: whoever planted or saw the old cookie holds nothing. */
    renew(old: Session, signedIn: SignedIn): Session {
      sessions.delete(old.id);
      return add({ pending: old.pending, signedIn });
    },

    end: (session: Session) => void sessions.delete(session.id),

    /** The Set-Cookie header. Lax, not Strict: the cookie must come along when Latchkey sends the person back. Add `Secure` on https. */
    cookie: (session: Session | undefined) =>
      `${cookieName}=${session?.id ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${session ? lifeSeconds : 0}`,
  };
}
