// Where proofs live: in the library's session, beside its uid, so that they end with it and are written with it.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Account } from '../../domain/accounts/account.ts';
import type { Proof } from '../../domain/proofs.ts';
import { generationIn } from './generations.ts';

/** What a finished sign-in hands to the session through the interaction's result. */
export type LoginResult = {
  accountId: string;
  /** Seconds since the epoch. */
  ts: number;
  remember: boolean;
  proofs: Proof[];
  /** The account's, when the sign-in ended. */
  generation: number;
  /** The sign-in was asked for anew: proofs before this (milliseconds) no longer describe the session. */
  since?: number;
};

type SessionWithProofs = { proofs?: Proof[]; generation?: number; transient?: boolean };

/** Lets sessions keep `proofs`, and them and grants their `generation`; must run before the first one is read. */
export function keepOwnMembers(provider: Provider): void {
  const keep = (model: unknown, ...own: string[]) => {
    const names = [...(model as { IN_PAYLOAD: string[] }).IN_PAYLOAD, ...own];
    Object.defineProperty(model, 'IN_PAYLOAD', { get: () => names });
  };
  keep(provider.Session, 'proofs', 'generation');
  keep(provider.Grant, 'generation');
}

export function proofsOf(session: unknown): Proof[] {
  return (session as SessionWithProofs).proofs ?? [];
}

/** The browser's session stays, and is nobody's. */
export function forgetAccount(session: { accountId?: string }): void {
  // The library lets nothing but another account be set.
  delete session.accountId;
  (session as SessionWithProofs).proofs = undefined;
}

/** An address that is the account's no more proves nothing of it. */
export function dropForeignProofs(session: unknown, { addresses }: Account): void {
  const proofs = proofsOf(session);
  const own = proofs.filter(({ key }) => addresses.some((address) => address.key === key));
  if (own.length < proofs.length) (session as SessionWithProofs).proofs = own;
}

/** Takes over what the sign-in has just proven; the newest proof of each address counts. `auth_time` is theirs, too. */
export function takeOverProofs(ctx: KoaContextWithOIDC): void {
  const login = ctx.oidc.result?.login as LoginResult | undefined;
  if (!login?.proofs) return;
  const session = ctx.oidc.session as unknown as SessionWithProofs;
  const byKey = new Map<string, Proof>();
  // What an earlier generation has proven ended with it.
  const before = generationIn(session) === generationIn(login) ? proofsOf(session) : [];
  session.generation = login.generation;
  for (const proof of [...before, ...login.proofs]) {
    if (proof.at < (login.since ?? 0)) continue;
    const known = byKey.get(proof.key);
    if (!known || known.at < proof.at) byKey.set(proof.key, proof);
  }
  session.proofs = [...byKey.values()];
  // The library never takes "this is a shared computer" back.
  if (login.remember && session.transient) session.transient = undefined;
}
