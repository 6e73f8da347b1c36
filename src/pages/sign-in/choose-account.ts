// prompt=select_account: go on as who is signed in here, or as somebody else.
import type { Middleware } from 'koa';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import { AppError } from '../../errors.ts';
import type { Interactions } from '../../protocol/interactions.ts';
import { readField, seeOther } from '../form.ts';
import type { Renderer } from '../render.ts';
import { nameForSession } from './session-addresses.ts';
import { type Visit, type Visits } from './visit.ts';
import { restartSignIn } from './ways-out.ts';

type Deps = { visits: Visits; flow: SignInFlow; interactions: Interactions; accounts: Accounts; renderer: Renderer };

export function createChooseAccountPage({ visits, flow, interactions, accounts, renderer }: Deps): {
  show: Middleware;
  submit: Middleware;
} {
  function onChoice(handle: (visit: Visit) => Promise<void>): Middleware {
    return visits.onVisit((visit) => {
      const { prompt, session } = visit.interaction;
      if (prompt === 'select_account' && session) return handle(visit);
      visits.toDispatcher(visit);
      return Promise.resolve();
    });
  }

  const show = onChoice(async ({ ctx, interaction, setting }) => {
    const account = await nameForSession(accounts, interaction.session);
    await renderer.render(ctx, 'sign-in/choose-account', { setting, account, cancel: true });
  });

  const submit = onChoice(async (visit) => {
    const choice = readField(visit.ctx, 'choice');
    if (choice === 'continue') return seeOther(visit.ctx, await interactions.finishChoice(visit.ctx, visit.interaction));
    if (choice !== 'other') throw new AppError('request_invalid');
    await restartSignIn(visit, flow);
    visits.toDispatcher(visit);
  });

  return { show, submit };
}
