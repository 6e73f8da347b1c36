// /interaction/:uid computes the next step from the stored state, and each step that is done asks here at once where to go
// on: the one place that knows the order of steps. Steps never name one another.
import type { Middleware } from 'koa';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { Devices } from '../../domain/devices.ts';
import type { SignIn } from '../../domain/sign-in/sign-in.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import { type Interactions, isChoice, type LiveSession } from '../../protocol/interactions/interactions.ts';
import { AppError } from '../../errors.ts';
import { seeOther } from '../form.ts';
import type { Visit, Visits } from './visit.ts';

type Deps = { visits: Visits; flow: SignInFlow; interactions: Interactions; accounts: Accounts; devices: Devices };

export type Dispatcher = {
  show: Middleware;
  /** Sends the browser on from a sign-in as it stands now. */
  goOn(visit: Visit, signIn: SignIn): Promise<void>;
};

export function createDispatcher({ visits, flow, interactions, accounts, devices }: Deps): Dispatcher {
  /** A session whose account is gone or switched off is no beginning: somebody else may still sign in in this browser. */
  async function findSession({ interaction: { session } }: Visit): Promise<LiveSession | undefined> {
    const account = session && (await accounts.get(session.account));
    return account && !account.disabled ? session : undefined;
  }

  async function finish(visit: Visit, signIn: SignIn): Promise<void> {
    const { ctx, interaction, base, browser } = visit;
    const settled = await flow.settle(signIn);
    if (!settled) return seeOther(ctx, base);
    const url = await interactions.finishSignIn(interaction, settled);
    if (!settled.sharedComputer) visits.keepDevice(ctx, devices.remember(browser.device, settled.account.id));
    await flow.end(signIn, settled.account.id);
    seeOther(ctx, url);
  }

  async function goOn(visit: Visit, signIn: SignIn): Promise<void> {
    const step = await flow.stepOf(signIn);
    if (step === 'done') return finish(visit, signIn);
    seeOther(visit.ctx, `${visit.base}/${step}`);
  }

  const show = visits.onVisit(async (visit) => {
    const { ctx, interaction, base } = visit;
    const underWay = await flow.find(interaction.uid);
    if (underWay) return goOn(visit, underWay);
    // The other of two clicks was quicker: the prompt is answered, and its answer only has to be taken along.
    if (interaction.answered) {
      if (ctx.query.resumed !== undefined) throw new AppError('interaction_gone'); // it was refused there
      return seeOther(ctx, interaction.answered);
    }
    // "Not you?" on the consent page or the account chooser begins a sign-in inside their interaction.
    if (interaction.prompt === 'consent') return seeOther(ctx, `${base}/consent`);
    const session = await findSession(visit);
    if (session && isChoice(interaction.prompt)) return seeOther(ctx, `${base}/choose-account`);
    const { uid, request, expiresAt } = interaction;
    return goOn(visit, await flow.begin({ interaction: uid, request, expiresAt, session }));
  });

  return { show, goOn };
}
