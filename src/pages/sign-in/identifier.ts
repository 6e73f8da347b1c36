// Mobile number or email: the first page where a number alone may sign in. Any number leads to the same code page.
import type { Middleware } from 'koa';
import { parseEither } from '../../domain/identifiers/either.ts';
import type { PhoneRules } from '../../domain/identifiers/phone.ts';
import type { SignInFlow } from '../../domain/sign-in/sign-ins.ts';
import type { Keys } from '../../keys/keys.ts';
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
  phoneRules: PhoneRules;
  countries: Countries;
};

const isIdentifierStep = ({ step, signIn }: SignInVisit) =>
  step === 'identifier' || (step === 'code' && signIn.needs.entry === 'either' && signIn.proofs.length === 0);

export function createIdentifierPage({ visits, goOn, flow, renderer, keys, phoneRules, countries }: Deps): {
  show: Middleware;
  submit: Middleware;
} {
  function render(
    { ctx, setting, signIn, interaction }: SignInVisit,
    locals: Partial<Views['sign-in/identifier']>,
    more: Partial<Setting> = {},
  ) {
    const hint = interaction.params.login_hint;
    const reason = interaction.prompt === 'create' ? 'create' : 'sign_in';
    return renderer.render(ctx, 'sign-in/identifier', {
      setting: { ...setting, ...more, titleContext: reason },
      reason,
      identifier: signIn.pending?.typed ?? (typeof hint === 'string' ? hint.slice(0, 254) : ''),
      country: countries.guess(ctx),
      countries: countries.list(setting.locale),
      shared: signIn.sharedComputer,
      cancel: true,
      ...locals,
    });
  }

  const show = visits.onEntry(isIdentifierStep, (visit) => render(visit, {}));

  const submit = visits.onEntry(isIdentifierStep, async (visit) => {
    const { ctx, signIn, browser } = visit;
    const identifier = readField(ctx, 'identifier');
    const country = readField(ctx, 'country');
    const shared = readField(ctx, 'shared') !== '';
    try {
      const parsed = parseEither(keys, phoneRules, { text: identifier, country });
      const typed = { identifier: parsed, text: identifier, sharedComputer: shared };
      await goOn(visit, await flow.submitAddress(signIn, typed, browser));
    } catch (error) {
      await render(visit, { identifier, shared, ...(country ? { country } : {}) }, explain(visit, error, 'identifier'));
    }
  });

  return { show, submit };
}
