// prompt=select_account, and apps that anybody can be: go on as who is signed in here, or as somebody else.
import type { Middleware } from 'koa';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import { AppError } from '../../errors.ts';
import { type Interactions, isChoice, type LiveSession } from '../../protocol/interactions/interactions.ts';
import { readField, seeOther } from '../form.ts';
import type { Renderer } from '../render.ts';
import type { Dispatcher } from './dispatcher.ts';
import { nameForSession } from './session-addresses.ts';
import { type Visit, type Visits } from './visit.ts';
import { restartSignIn } from './ways-out.ts';

type Deps = {
  visits: Visits;
  goOn: Dispatcher['goOn'];
  flow: SignInFlow;
  interactions: Interactions;
  accounts: Accounts;
  renderer: Renderer;
};

export function createChooseAccountPage({ visits, goOn, flow, interactions, accounts, renderer }: Deps): {
  show: Middleware;
  submit: Middleware;
} {
  function onChoice(handle: (visit: Visit, session: LiveSession) => Promise<void>): Middleware {
    return visits.onVisit(async (visit) => {
      const { prompt, session } = visit.interaction;
      if (!isChoice(prompt) || !session) return visits.toDispatcher(visit);
      await handle(visit, session);
    });
  }

  const show = onChoice(async ({ ctx, setting }, session) => {
    const account = await accounts.get(session.account);
    await renderer.render(ctx, 'sign-in/choose-account', {
      setting,
      account: account ? nameForSession(account, session) : '',
      cancel: true,
    });
  });

  const submit = onChoice(async (visit) => {
    const choice = readField(visit.ctx, 'choice');
    if (choice === 'continue') return seeOther(visit.ctx, await interactions.finishChoice(visit.interaction));
    if (choice !== 'other') throw new AppError('request_invalid');
    await goOn(visit, await restartSignIn(visit, flow));
  });

  return { show, submit };
}
