// What an app does with an authorization: redeem its code, rotate, look at and revoke its tokens, ask the session again.
import { decodeJwt } from '../helpers/relying-party.ts';
import type { Outcome } from './operation.ts';
import type { Begun, Session, World } from './people.ts';
import { readCallback, type Reply } from './wire.ts';

export const offline = 'openid email phone offline_access';
/** Tokens that end with the session. */
export const online = 'openid email phone';

/** The tokens of one authorization code. */
export type Family = { code: string; session: Session; bound: boolean; access: string; refresh?: string };

const judge = (reply: Reply | undefined): Outcome => (reply === undefined ? 'unknown' : reply.status === 200 ? 'ok' : 'refused');
const whyOf = (reply: Reply | undefined) => reply?.body.error_description;

export function createApp({ wire, recorder, random }: World) {
  function redeem({ session, code, verifier }: Begun, scope: string): Promise<Family | undefined> {
    const { label, person } = session;
    return recorder.record(async () => {
      const reply = await wire.redeem(code, verifier);
      const { access_token: access, refresh_token: refresh, id_token: idToken } = (reply?.body ?? {}) as Record<string, string>;
      const sub = idToken && String(decodeJwt(idToken).sub);
      const deed = { kind: 'redeem', session: label, code, person: person.email, sub, token: refresh } as const;
      const result = access ? { code, session, bound: scope === online, access, refresh } : undefined;
      return { done: [{ deed, outcome: judge(reply), why: whyOf(reply) }], result };
    });
  }

  /** @returns the child */
  function rotate({ session, code }: Family, token: string): Promise<string | undefined> {
    return recorder.record(async () => {
      const reply = await wire.refresh(token);
      const child = reply?.body.refresh_token as string | undefined;
      const deed = { kind: 'rotate', session: session.label, family: code, token, child } as const;
      return { done: [{ deed, outcome: judge(reply), why: whyOf(reply) }], result: child };
    });
  }

  /** Looks whether a token is active: at userinfo, or by introspection. `refresh`: one that was not rotated yet. */
  function look({ session, code, bound, access }: Family, refresh = access): Promise<void> {
    const inspected = random.pick([undefined, access, refresh]);
    return recorder.record(async () => {
      const reply = await (inspected ? wire.introspect(inspected) : wire.userinfo(access));
      const outcome = reply?.body.active === false ? 'refused' : judge(reply);
      return { done: [{ deed: { kind: 'use', session: session.label, family: code, bound }, outcome }], result: undefined };
    });
  }

  function revoke({ session, code, access, refresh }: Family): Promise<Outcome> {
    const token = random.pick([access, refresh ?? access]);
    return recorder.record(async () => {
      const outcome = judge(await wire.revoke(token));
      return { done: [{ deed: { kind: 'revoke', session: session.label, family: code }, outcome }], result: outcome };
    });
  }

  /** An authorization that asks nobody: the session answers. `cookie`: what somebody kept of the browser's. */
  function authorize(session: Session, scope: string, cookie?: string): Promise<Begun | undefined> {
    const { path, verifier } = wire.authorization({ scope, prompt: 'none' });
    const { label, person } = session;
    return recorder.record(async () => {
      const answer = await wire.request(session.browser, path, { cookie });
      const { code, error }: Record<string, string | undefined> = readCallback(answer) ?? {};
      const outcome = code ? 'ok' : error?.endsWith('_required') ? 'refused' : 'unknown';
      const deed = { kind: 'authorize', person: person.email, session: label, code } as const;
      return { done: [{ deed, outcome, why: error }], result: code ? { session, code, verifier } : undefined };
    });
  }

  /** What the app is shown of the person by now. */
  function readClaims(session: Session): Promise<Family | undefined> {
    return recorder.record(async () => {
      const begun = await authorize(session, offline);
      const family = begun && (await redeem(begun, offline));
      const reply = family && (await wire.userinfo(family.access));
      const number = reply?.body.phone_number as string | undefined;
      const shares = { email: reply?.body.email !== undefined, phone: number !== undefined };
      const deed = { kind: 'claims', person: session.person.email, shares, number } as const;
      return { done: [{ deed, outcome: reply?.status === 200 ? 'ok' : 'unknown' }], result: family };
    });
  }

  return { redeem, rotate, look, revoke, authorize, readClaims };
}
