// Enter your mobile number: which app asks and why, and how to go on without one.
import type { Middleware } from 'koa';
import { findAddress } from '../../domain/accounts/account.ts';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import { fromE164, maskPhone, parsePhone, type PhoneRules } from '../../domain/identifiers/phone.ts';
import type { Needs } from '../../domain/sign-in/needs.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import { isPhoneRequired } from '../../domain/sign-in/steps.ts';
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Interaction } from '../../protocol/interactions/interactions.ts';
import { readField } from '../form.ts';
import type { Renderer, Setting } from '../render.ts';
import type { Views } from '../views.ts';
import type { Countries } from './countries.ts';
import type { Dispatcher } from './dispatcher.ts';
import { explain, type SignInVisit, type Visits } from './visit.ts';

type Deps = {
  visits: Visits;
  goOn: Dispatcher['goOn'];
  flow: SignInFlow;
  renderer: Renderer;
  keys: Keys;
  accounts: Accounts;
  phoneRules: PhoneRules;
  countries: Countries;
};

const isPhoneStep = ({ step, signIn }: SignInVisit) =>
  step === 'phone' ||
  step === 'number-used' ||
  (step === 'code' && signIn.pending?.identifier.channel === 'phone' && !signIn.pending.unsure);

/** Whether the consent page will ask about the number, with a box to untick. */
const mayLeaveOut = ({ phone }: Needs, client: Interaction['client']) => phone.item === 'optional' && client.consent !== 'implicit';

export function createPhonePage(deps: Deps): { show: Middleware; submit: Middleware; decline: Middleware } {
  const { visits, goOn, flow, renderer, keys, accounts, phoneRules, countries } = deps;

  async function findKnown({ account }: SignInVisit['signIn']): Promise<string | undefined> {
    const record = account === undefined ? undefined : await accounts.get(account);
    return record && findAddress(record, 'phone')?.address;
  }

  async function render(
    { ctx, setting, signIn, interaction }: SignInVisit,
    locals: Partial<Views['sign-in/phone']>,
    more: Partial<Setting> = {},
  ) {
    const known = await findKnown(signIn);
    const hint = interaction.params.login_hint;
    const reason = known ? 'fresh' : mayLeaveOut(signIn.needs, interaction.client) ? 'choose' : 'share';
    return renderer.render(ctx, 'sign-in/phone', {
      setting: { ...setting, ...more, titleContext: reason },
      phone: signIn.pending?.typed ?? (typeof hint === 'string' && hint.startsWith('+') ? hint.slice(0, 32) : ''),
      country: countries.guess(ctx),
      countries: countries.list(setting.locale),
      optional: !isPhoneRequired(signIn.needs),
      reason,
      known: known && maskPhone(known),
      cancel: true,
      ...locals,
    });
  }

  const show = visits.onStep(isPhoneStep, (visit) => render(visit, {}));

  const submit = visits.onStep(isPhoneStep, async (visit) => {
    const { ctx, signIn, browser } = visit;
    const phone = readField(ctx, 'phone');
    const country = readField(ctx, 'country');
    try {
      const known = readField(ctx, 'known') ? await findKnown(signIn) : undefined;
      const identifier = known ? fromE164(keys, known) : parsePhone(keys, phoneRules, { text: phone, country });
      const typed = { identifier, text: known ? maskPhone(known) : phone };
      await goOn(visit, await flow.submitAddress(signIn, typed, browser));
    } catch (error) {
      await render(visit, { phone, ...(country ? { country } : {}) }, explain(visit, error, 'phone'));
    }
  });

  /** "I don't have a mobile", "Not now". */
  const decline = visits.onStep(isPhoneStep, async (visit) => {
    const choice = readField(visit.ctx, 'choice');
    if (choice !== 'no_mobile' && choice !== 'not_now') throw new AppError('request_invalid');
    await goOn(visit, await flow.goOnWithoutPhone(visit.signIn, choice));
  });

  return { show, submit, decline };
}
