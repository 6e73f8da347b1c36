// Sign-ins as the pages see them: begin, the next step, and one verb for each thing that a person can do.
import { AppError } from '../../errors.ts';
import { listAmr } from '../assurance.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Challenges } from '../challenges/challenges.ts';
import type { Consents } from '../consents/consents.ts';
import type { Devices } from '../devices.ts';
import type { Events } from '../events.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Notices } from '../notices.ts';
import type { Expiring } from '../../storage/port.ts';
import type { Account } from '../accounts/account.ts';
import type { Proof } from '../proofs.ts';
import { createAddressSteps } from './addresses.ts';
import { createCodeSteps } from './codes.ts';
import { isUnmeetable, listReachable, type NeedRules, needsOf, type SignInRequest } from './needs.ts';
import { createSettling } from './settle.ts';
import { createSignInStore, type SignIn } from './sign-in.ts';
import { entryStep, isPhoneRequired, nextStep, type Step } from './steps.ts';

/** A sign-in also waits at the code page and at "This phone number is already used". */
export type SignInStep = Step | 'code' | 'number-used';

/** What a sign-in begins with; `session` is the live session's, if there is one. */
export type Beginning = {
  interaction: string;
  request: SignInRequest;
  expiresAt: number;
  session?: { account: string; generation: number; proofs: Proof[]; sharedComputer: boolean };
};

type Deps = {
  expiring: Expiring;
  keys: Keys;
  accounts: Accounts;
  challenges: Challenges;
  consents: Consents;
  devices: Devices;
  events: Events;
  now: () => number;
  rules: NeedRules & { phoneStaleDays: number };
  notices: Notices;
};

export type SignInFlow = ReturnType<typeof createSignInFlow>;

export function createSignInFlow(deps: Deps) {
  const { accounts, consents, now, rules } = deps;
  const signIns = createSignInStore(deps);
  const stepDeps = { ...deps, signIns, phoneStaleDays: rules.phoneStaleDays };
  const addresses = createAddressSteps(stepDeps);
  const codes = createCodeSteps(stepDeps);
  const settle = createSettling(stepDeps);
  const stepRules = () => ({ phoneStaleDays: rules.phoneStaleDays, now: now() });

  const make = ({ interaction, request, expiresAt, session }: Beginning): SignIn => ({
    interaction,
    client: request.client,
    needs: needsOf(request, rules),
    expiresAt,
    account: session?.account,
    generation: session?.generation,
    proofs: request.anew ? [] : (session?.proofs ?? []),
    proven: {},
    sharedComputer: session?.sharedComputer ?? false,
  });

  async function stepOf(signIn: SignIn): Promise<SignInStep> {
    if (signIn.pending) return 'code';
    if (signIn.numberUsed) return 'number-used';
    const account = signIn.account === undefined ? undefined : await accounts.get(signIn.account);
    const withoutPhone = Boolean(signIn.withoutPhone) || (await hasDeclinedPhone(signIn.account, signIn.client));
    return nextStep(signIn.needs, { proofs: signIn.proofs, account, withoutPhone }, stepRules());
  }

  async function hasDeclinedPhone(account: string | undefined, client: string): Promise<boolean> {
    return account !== undefined && consents.isDeclined(await consents.find(account, client), 'phone');
  }

  /**
   * Whether a session answers a request without a sign-in. `silent` (`prompt=none`): what is optional never stands in the way.
   */
  async function isSatisfied(request: SignInRequest, session: { account: Account; proofs: Proof[] }, silent: boolean): Promise<boolean> {
    const withoutPhone = silent || (await hasDeclinedPhone(session.account.id, request.client));
    const needs = needsOf(request, rules);
    const email = silent && needs.email.item === 'optional' ? { item: needs.email.item } : needs.email;
    return nextStep({ ...needs, email }, { ...session, withoutPhone }, stepRules()) === 'done';
  }

  /** @throws {AppError} forbidden where the client insists on a number */
  function goOnWithoutPhone(signIn: SignIn, why: 'no_mobile' | 'not_now'): Promise<SignIn> {
    if (isPhoneRequired(signIn.needs)) throw new AppError('forbidden');
    return signIns.move(signIn, (current) => ({ ...current, withoutPhone: why, pending: undefined, numberUsed: undefined }));
  }

  /** "Not you?", "sign in with the other email": everything that this sign-in has proven is forgotten. */
  function restart(signIn: SignIn): Promise<SignIn> {
    return signIns.move(signIn, (current) => ({
      ...current,
      account: undefined,
      proofs: [],
      proven: {},
      pending: undefined,
      sent: undefined,
      numberUsed: undefined,
      withoutPhone: undefined,
      needs: { ...current.needs, freshSince: now() },
    }));
  }

  /** Of several clicks that have settled the same sign-in, one ends it. */
  async function end({ interaction, client, proofs }: SignIn, account: string): Promise<void> {
    if (await signIns.remove(interaction)) deps.events.emit({ type: 'signed_in', account, client, amr: listAmr(proofs) });
  }

  return {
    begin: (beginning: Beginning) => signIns.begin(make(beginning)),
    /** One that is not stored before the person has done something. */
    draft: (beginning: Beginning) => signIns.draft(make(beginning)),
    /** Where a sign-in begins that has nothing to begin with. */
    entryOf: (request: SignInRequest) => entryStep(needsOf(request, rules)),
    find: signIns.find,
    stepOf,
    isSatisfied,
    isUnmeetable: (request: SignInRequest) => isUnmeetable(request, rules),
    acrValues: listReachable(rules),
    submitAddress: addresses.submit,
    resend: addresses.resend,
    forgetAddress: addresses.forget,
    submitCode: codes.submit,
    goOnWithoutPhone,
    restart,
    settle,
    end,
    abandon: signIns.remove,
  };
}
