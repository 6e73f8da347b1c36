// /interaction/:uid computes the next step from the stored state. Steps only ever redirect back to it, never to one another.
import type { Middleware } from 'koa';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { Devices } from '../../domain/devices.ts';
import type { SignIn } from '../../domain/sign-in/sign-in.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import type { Interactions, LiveSession } from '../../protocol/interactions.ts';
import { seeOther } from '../form.ts';
import type { Visit, Visits } from './visit.ts';

type Deps = { visits: Visits; flow: SignInFlow; interactions: Interactions; accounts: Accounts; devices: Devices };

export function createDispatcher({ visits, flow, interactions, accounts, devices }: Deps): Middleware {
  /** A session whose account is gone or switched off is no beginning: somebody else may still sign in in this browser. */
  async function findSession({ interaction: { session } }: Visit): Promise<LiveSession | undefined> {
    const account = session && (await accounts.get(session.account));
    return account && !account.disabled ? session : undefined;
  }

  async function finish(visit: Visit, signIn: SignIn): Promise<void> {
    const { ctx, interaction, base, browser } = visit;
    const settled = await flow.settle(signIn);
    if (!settled) return seeOther(ctx, base);
    const url = await interactions.finishSignIn(ctx, interaction, settled);
    if (!settled.sharedComputer) visits.keepDevice(ctx, devices.remember(browser.device, settled.account.id));
    await flow.end(interaction.uid);
    seeOther(ctx, url);
  }

  return visits.onVisit(async (visit) => {
    const { ctx, interaction, base } = visit;
    const underWay = await flow.find(interaction.uid);
    // "Not you?" on the consent page or the account chooser begins a sign-in inside their interaction.
    if (!underWay && interaction.prompt === 'consent') return seeOther(ctx, `${base}/consent`);
    const session = underWay ? undefined : await findSession(visit);
    if (session && interaction.prompt === 'select_account') return seeOther(ctx, `${base}/choose-account`);
    const { uid, request, expiresAt } = interaction;
    const signIn = underWay ?? (await flow.begin({ interaction: uid, request, expiresAt, session }));
    const step = await flow.stepOf(signIn);
    if (step === 'done') return finish(visit, signIn);
    seeOther(ctx, `${base}/${step}`);
  });
}
