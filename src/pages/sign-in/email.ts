// Enter your email.
import type { Middleware } from 'koa';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import { parseEmail } from '../../domain/identifiers/email.ts';
import { suggestEmail } from '../../domain/identifiers/typos.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import type { Keys } from '../../keys/keys.ts';
import { readField } from '../form.ts';
import type { Renderer, Setting } from '../render.ts';
import type { Views } from '../views.ts';
import type { Dispatcher } from './dispatcher.ts';
import { findProvenAddress } from './session-addresses.ts';
import { explain, type SignInVisit, type Visits } from './visit.ts';

type Deps = { visits: Visits; goOn: Dispatcher['goOn']; flow: SignInFlow; renderer: Renderer; keys: Keys; accounts: Accounts };

/** The address may still be changed while its code is pending, and be given instead of a number on the first page. */
function isEmailStep({ step, signIn }: SignInVisit): boolean {
  const { pending } = signIn;
  return (
    step === 'email' || step === 'identifier' || (step === 'code' && (pending?.identifier.channel === 'email' || pending?.unsure === true))
  );
}

export function createEmailPage({ visits, goOn, flow, renderer, keys, accounts }: Deps): { show: Middleware; submit: Middleware } {
  /** Somebody who is signed in already confirms an address; the words for the others are the client's to choose (`prompt=create`). */
  function reasonOf({ signIn, interaction }: SignInVisit): Views['sign-in/email']['reason'] {
    if (signIn.account && signIn.proofs.length > 0 && signIn.needs.freshSince === undefined) return 'fresh';
    return interaction.prompt === 'create' ? 'create' : 'sign_in';
  }

  function render(visit: SignInVisit, locals: Partial<Views['sign-in/email']>, more: Partial<Setting> = {}) {
    const { ctx, setting, signIn } = visit;
    const reason = reasonOf(visit);
    return renderer.render(ctx, 'sign-in/email', {
      setting: { ...setting, ...more, titleContext: reason },
      email: '',
      shared: signIn.sharedComputer,
      reason,
      cancel: true,
      ...locals,
    });
  }

  /** What the person typed before, what the client hinted at, or who is signed in here. */
  async function prefill({ signIn, interaction }: SignInVisit): Promise<string> {
    const { pending } = signIn;
    if (pending?.identifier.channel === 'email') return pending.typed;
    const hint = interaction.params.login_hint;
    if (typeof hint === 'string' && hint.includes('@')) return hint.slice(0, 254);
    if (signIn.account === undefined || signIn.account !== interaction.session?.account) return '';
    // A session that a number alone has opened must not tell the email of its account.
    return findProvenAddress(accounts, interaction.session, 'email');
  }

  const show = visits.onEntry(isEmailStep, async (visit) => render(visit, { email: await prefill(visit) }));

  const submit = visits.onEntry(isEmailStep, async (visit) => {
    const { ctx, signIn, browser } = visit;
    const text = readField(ctx, 'email');
    const shared = readField(ctx, 'shared') !== '';
    try {
      const identifier = parseEmail(keys, text);
      const suggestion = suggestEmail(identifier.address);
      if (suggestion && readField(ctx, 'suggested') !== suggestion) {
        return await render(visit, { email: text, shared, suggestion }, { title: visit.t('pages.sign-in/email.title_suggestion') });
      }
      const typed = { identifier, text: identifier.address, sharedComputer: shared };
      await goOn(visit, await flow.submitAddress(signIn, typed, browser));
    } catch (error) {
      await render(visit, { email: text, shared }, explain(visit, error, 'email'));
    }
  });

  return { show, submit };
}
