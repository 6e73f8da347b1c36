// The next step of a sign-in, computed from what is proven: a pure function, so that the session's check before a sign-in
// and the dispatcher during one can never disagree.
import { findAddress, type Account } from '../accounts/account.ts';
import { findProof, type Proof } from '../proofs.ts';
import type { Needs } from './needs.ts';

export type Step = 'email' | 'identifier' | 'phone' | 'done';

export type Standing = {
  proofs: readonly Proof[];
  /** The account of the proofs; undefined while nobody, or a new address, is signed in. */
  account?: Account;
  /** The person goes on without a number where that is allowed. */
  withoutPhone: boolean;
};

export type StepRules = { phoneStaleDays: number; now: number };

function isSignedIn(needs: Needs, { proofs, account }: Standing): boolean {
  if (findProof(proofs, 'email', needs.freshSince)) return true;
  if (!findProof(proofs, 'phone', needs.freshSince)) return false;
  // A stolen SIM must not become the whole account: a number alone counts only where nothing else is asked, or where the
  // account has no email that could be asked for.
  return needs.entry === 'either' || (account !== undefined && !findAddress(account, 'email') && needs.email.item === 'none');
}

function isEmailFresh(needs: Needs, { proofs }: Standing, { now }: StepRules): boolean {
  const { item, maxAge } = needs.email;
  return item === 'none' || maxAge === undefined || Boolean(findProof(proofs, 'email', now - maxAge * 1000));
}

export function isPhoneRequired({ phone }: Needs): boolean {
  return phone.item === 'required' || phone.proof === 'required';
}

function isPhoneSettled(needs: Needs, { proofs, account, withoutPhone }: Standing, { now, phoneStaleDays }: StepRules): boolean {
  const { item, proof, maxAge } = needs.phone;
  if (item === 'none' && proof === 'none') return true;
  if (withoutPhone && !isPhoneRequired(needs)) return true;
  if (proof !== 'none' && !findProof(proofs, 'phone', needs.freshSince)) return false;
  if (item === 'none') return true;
  const since = now - (maxAge === undefined ? phoneStaleDays * 86_400_000 : maxAge * 1000);
  const verified = account && findAddress(account, 'phone');
  return Boolean(findProof(proofs, 'phone', since)) || (verified !== undefined && verified.provenAt >= since);
}

export const entryStep = ({ entry }: Needs): Step => (entry === 'either' ? 'identifier' : 'email');

export function nextStep(needs: Needs, standing: Standing, rules: StepRules): Step {
  if (!isSignedIn(needs, standing)) return entryStep(needs);
  if (!isEmailFresh(needs, standing, rules)) return 'email';
  return isPhoneSettled(needs, standing, rules) ? 'done' : 'phone';
}
