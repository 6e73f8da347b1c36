// Leaving a sign-in: back to the app without sharing anything, or starting over as somebody else.
import type { Middleware } from 'koa';
import type { SignIn } from '../../domain/sign-in/sign-in.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import type { Interactions } from '../../protocol/interactions/interactions.ts';
import { seeOther } from '../form.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Visit, Visits } from './visit.ts';

type Deps = { visits: Visits; goOn: Dispatcher['goOn']; flow: SignInFlow; interactions: Interactions };

/** "Not you?": everything proven so far is forgotten, and a sign-in begins inside whatever was going on. */
export async function restartSignIn({ interaction }: Visit, flow: SignInFlow): Promise<SignIn> {
  const { uid, request, expiresAt } = interaction;
  return flow.restart(await flow.begin({ interaction: uid, request, expiresAt }));
}

export function createWaysOut({ visits, goOn, flow, interactions }: Deps): { cancel: Middleware; restart: Middleware } {
  const cancel = visits.onVisit(async ({ ctx, interaction }) => {
    const url = await interactions.deny(interaction, 'the person went back without signing in');
    await flow.abandon(interaction.uid);
    seeOther(ctx, url);
  });

  const restart = visits.onVisit(async (visit) => goOn(visit, await restartSignIn(visit, flow)));

  return { cancel, restart };
}
