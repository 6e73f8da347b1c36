// Where proofs live: in the library's session, beside its uid, so that they end with it and are written with it.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Proof } from '../domain/proofs.ts';

/** What a finished sign-in hands to the session through the interaction's result. */
export type LoginResult = {
  accountId: string;
  /** Seconds since the epoch. */
  ts: number;
  remember: boolean;
  proofs: Proof[];
  /** The sign-in was asked for anew: proofs before this (milliseconds) no longer describe the session. */
  since?: number;
};

type SessionWithProofs = { proofs?: Proof[]; transient?: boolean };

/** Lets sessions keep `proofs`; must run before the first session is read. */
export function keepProofsInSessions(provider: Provider): void {
  const Session = provider.Session as unknown as { IN_PAYLOAD: string[] };
  const names = [...Session.IN_PAYLOAD, 'proofs'];
  Object.defineProperty(Session, 'IN_PAYLOAD', { get: () => names });
}

export function proofsOf(session: unknown): Proof[] {
  return (session as SessionWithProofs).proofs ?? [];
}

/** Takes over what the sign-in has just proven; the newest proof of each address counts. `auth_time` is theirs, too. */
export function takeOverProofs(ctx: KoaContextWithOIDC): void {
  const login = ctx.oidc.result?.login as LoginResult | undefined;
  if (!login?.proofs) return;
  const session = ctx.oidc.session as unknown as SessionWithProofs;
  const byKey = new Map<string, Proof>();
  for (const proof of [...proofsOf(session), ...login.proofs]) {
    if (proof.at < (login.since ?? 0)) continue;
    const known = byKey.get(proof.key);
    if (!known || known.at < proof.at) byKey.set(proof.key, proof);
  }
  session.proofs = [...byKey.values()];
  // The library never takes "this is a shared computer" back.
  if (login.remember && session.transient) session.transient = undefined;
}
