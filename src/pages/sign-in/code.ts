// The code page: one field, a resend, and every way out of "it didn't arrive".
import type { Middleware } from 'koa';
import type { Challenges } from '../../domain/challenges/challenges.ts';
import { codeDigits } from '../../domain/challenges/code.ts';
import { formatPhone } from '../../domain/identifiers/phone.ts';
import { findProof } from '../../domain/proofs.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import { isPhoneRequired } from '../../domain/sign-in/steps.ts';
import type { Pending } from '../../domain/sign-in/sign-in.ts';
import { AppError } from '../../errors.ts';
import type { Translate } from '../../locales/index.ts';
import { clockTime } from '../clock.ts';
import { readField } from '../form.ts';
import type { Renderer, Setting } from '../render.ts';
import type { Dispatcher } from './dispatcher.ts';
import { explain, type SignInVisit, type Visits } from './visit.ts';

type Deps = {
  visits: Visits;
  goOn: Dispatcher['goOn'];
  flow: SignInFlow;
  renderer: Renderer;
  challenges: Challenges;
  host: string;
  now: () => number;
};

const isCodeStep = ({ step, signIn }: SignInVisit) => step === 'code' && signIn.pending !== undefined;

/** The control that helps where no code can be right, and the errors that say so. */
const sendButton = 'send';
const endings = ['code_gone', 'code_spent', 'code_unsent'];

/** An email as it was typed; a number as people write it, unless only its end may be shown. */
function destinationOf({ identifier, typed }: Pending): string {
  return identifier.channel === 'phone' && !typed.startsWith('•') ? formatPhone(identifier.address) : typed;
}

/** What the last resend did. That it has failed the page says anyway. */
function noticeOf({ notice, unsure }: Pending, outcome: string | undefined, t: Translate): string | undefined {
  if (!notice || !['sending', 'sent', undefined].includes(outcome)) return undefined;
  return t(`notices.${notice}`, { context: outcome === 'sent' ? 'sent' : unsure ? 'unsure' : undefined });
}

export function createCodePage(deps: Deps): { show: Middleware; submit: Middleware; resend: Middleware; different: Middleware } {
  const { visits, goOn, flow, renderer, challenges, host, now } = deps;

  /** Why no code can be right any more. */
  function endOf({ challenge, spent, expiresAt }: Pending) {
    if (challenge === undefined) return undefined;
    if (spent) return 'spent';
    return expiresAt === undefined || expiresAt <= now() ? 'expired' : 'gone';
  }

  /** How the last send ended: told only after an address was proven in this sign-in. That a code is dead is told to everybody. */
  async function outcomeOf({ signIn }: SignInVisit, live: string | undefined) {
    const { pending, proofs, needs } = signIn;
    if (live === undefined) return pending && endOf(pending);
    const mayTell = pending?.unsure === false && findProof(proofs, 'email', needs.freshSince) !== undefined;
    return mayTell ? challenges.findOutcome(live) : undefined;
  }

  async function render(visit: SignInVisit, more: Partial<Setting> & { lastTry?: boolean; retryAt?: number } = {}): Promise<void> {
    const { ctx, setting, signIn, t, regional } = visit;
    const pending = signIn.pending as Pending;
    const { channel } = pending.identifier;
    const live = pending.challenge === undefined ? undefined : await challenges.find(pending.challenge);
    const { lastTry = false, retryAt, ...overrides } = more;
    const unsent = pending.challenge === undefined;
    const nextSendAt = retryAt ?? pending.nextSendAt;
    const waits = nextSendAt !== undefined && nextSendAt > now();
    const outcome = await outcomeOf(visit, live?.id);
    const dead = !live || more.error?.field === sendButton;
    if (waits && (unsent || retryAt !== undefined)) ctx.set('Retry-After', String(Math.ceil((nextSendAt - now()) / 1000)));
    await renderer.render(ctx, 'sign-in/code', {
      setting: {
        ...setting,
        titleContext: pending.unsure ? undefined : channel,
        notice: live && noticeOf(pending, outcome, t),
        ...overrides,
      },
      channel,
      destination: destinationOf(pending),
      digits: live?.digits ?? codeDigits.usual,
      minutesLeft: live ? Math.ceil((live.expiresAt - now()) / 60_000) : 10,
      unsure: pending.unsure,
      unsent,
      resendAt: waits ? clockTime(regional, nextSendAt, now()) : undefined,
      dead,
      renews: dead || challenges.renews(live),
      outcome,
      changeable: true,
      optional: channel === 'phone' && !pending.unsure && !isPhoneRequired(signIn.needs),
      emailInstead: pending.unsure,
      lastTry,
      host,
      cancel: true,
    });
  }

  async function renderLocked(visit: SignInVisit, error: AppError): Promise<void> {
    const { ctx, setting, signIn, regional } = visit;
    const { identifier, unsure } = signIn.pending as Pending;
    const until = error.details.retryAt ?? now();
    ctx.set('Retry-After', String(Math.max(1, Math.ceil((until - now()) / 1000))));
    await renderer.render(ctx, 'sign-in/locked', {
      setting: { ...setting, status: error.status },
      channel: identifier.channel,
      until: clockTime(regional, until, now()),
      emailInstead: unsure,
      optional: identifier.channel === 'phone' && !unsure && !isPhoneRequired(signIn.needs),
      cancel: true,
    });
  }

  const show = visits.onStep(isCodeStep, (visit) => render(visit));

  /** A code for a sign-in whose step is over (a double click, another tab) just goes on. */
  const submit = visits.onStep(isCodeStep, async (visit) => {
    const { ctx, signIn, browser } = visit;
    try {
      await goOn(visit, await flow.submitCode(signIn, readField(ctx, 'code'), browser));
    } catch (error) {
      if (error instanceof AppError && error.code === 'tries_spent') return renderLocked(visit, error);
      const lastTry = error instanceof AppError && error.details.triesLeft === 1;
      const field = error instanceof AppError && endings.includes(error.code) ? sendButton : 'code';
      await render(visit, { notice: undefined, lastTry, ...explain(visit, error, field) });
    }
  });

  const resend = visits.onStep(isCodeStep, async (visit) => {
    const { signIn, browser, t, regional } = visit;
    try {
      await goOn(visit, await flow.resend(signIn, browser));
    } catch (error) {
      if (!(error instanceof AppError) || error.details.retryAt === undefined) throw error;
      const { retryAt } = error.details;
      const context = signIn.pending?.challenge === undefined ? undefined : 'another';
      const notice = t(`notices.${error.code}`, { time: '\u0001', context });
      await render(visit, { notice, noticeTime: clockTime(regional, retryAt, now()), status: error.status, retryAt });
    }
  });

  /** Another address: back to where it was typed. */
  const different = visits.onStep(
    ({ step }) => step === 'code' || step === 'number-used',
    async (visit) => goOn(visit, await flow.forgetAddress(visit.signIn)),
  );

  return { show, submit, resend, different };
}
