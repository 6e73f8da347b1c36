// What each page and button does. Whatever changes something is a POST; the one GET that does, /callback, is guarded by `state`.
import { ResponseBodyError } from 'openid-client';
import type { createOpenId } from './openid.ts';
import { home } from './pages/home.ts';
import type { Html } from './pages/html.ts';
import { signedInPage } from './pages/signed-in.ts';
import { Refusal } from './problems.ts';
import { requests } from './requests.ts';
import type { createSessions, Session } from './sessions.ts';

/** One request being answered. A route that starts, renews or ends the session puts the new one here; the server sends the cookie. */
export type Visit = { url: URL; form: URLSearchParams; session: Session | undefined };
export type Answer = { title: string; content: Html } | { location: string };
export type Route = (visit: Visit) => Answer | Promise<Answer>;

const mostPending = 10;
const signedOut = 'signed-out';

export function createRoutes(openId: ReturnType<typeof createOpenId>, sessions: ReturnType<typeof createSessions>): Record<string, Route> {
  return {
    'GET /': ({ url, session }) => {
      const notice = session?.notice;
      if (session) session.notice = undefined;
      if (session?.signedIn) return { title: 'You’re signed in', content: signedInPage(session.signedIn, notice) };
      const back = url.searchParams.get('state') === signedOut;
      return { title: 'Sign in', content: home(back ? 'You’re signed out of this app.' : undefined) };
    },

    'POST /sign-in': async (visit) => {
      const name = visit.form.get('request') ?? '';
      if (!Object.hasOwn(requests, name)) throw new Refusal('bad_request');
      const { state, pending, location } = await openId.begin(requests[name]!);
      visit.session ??= sessions.start();
      const { pending: all } = visit.session;
      all.set(state, pending);
      if (all.size > mostPending) all.delete(all.keys().next().value!);
      return { location: location.href };
    },

    'GET /callback': async (visit) => {
      const { session, url } = visit;
      const state = url.searchParams.get('state') ?? '';
      // An answer to a question that this browser never asked is refused before anything in it is read (RFC 9700, 4.7).
      const pending = session?.pending.get(state);
      if (!session || !pending) throw new Refusal('unknown_sign_in');
      session.pending.delete(state);
      visit.session = sessions.renew(session, await openId.finish(url, state, pending));
      return { location: '/' };
    },

    'POST /refresh': async (visit) => {
      const { session } = visit;
      if (!session?.signedIn?.refreshToken) throw new Refusal('bad_request');
      try {
        session.signedIn = await openId.refresh(session.signedIn);
      } catch (error) {
        // The access has ended: its time is up, or the account was disabled or signed out everywhere. That ends the session here too.
        if (error instanceof ResponseBodyError && error.error === 'invalid_grant') end(visit);
        throw error;
      }
      session.notice = 'Refreshed. These claims and tokens are new.';
      return { location: '/' };
    },

    'POST /sign-out': async (visit) => {
      const signedIn = visit.session?.signedIn;
      // Here first, so that signing out works even while Latchkey is away.
      end(visit);
      return { location: signedIn ? (await openId.signOutUrl(signedIn, signedOut)).href : '/' };
    },
  };

  function end(visit: Visit) {
    if (visit.session) sessions.end(visit.session);
    visit.session = undefined;
  }
}
