// Makes every page of what the app hands over.
import type { ClientMetadata } from 'oidc-provider';
import type { Accounts } from '../domain/accounts/accounts.ts';
import type { Challenges } from '../domain/challenges/challenges.ts';
import type { Consents } from '../domain/consents/consents.ts';
import type { Devices } from '../domain/devices.ts';
import type { Events } from '../domain/events.ts';
import type { PhoneRules } from '../domain/identifiers/phone.ts';
import type { Resources } from '../domain/resources.ts';
import type { SignInFlow } from '../domain/sign-in/sign-ins.ts';
import type { Keys } from '../keys/keys.ts';
import { appCookie, deviceCookie } from '../protocol/cookies.ts';
import type { ClientLogos } from '../protocol/clients/logos.ts';
import type { Interactions } from '../protocol/interactions/interactions.ts';
import type { Assets } from './assets.ts';
import { createOutboxPages, type Outbox } from './dev/outbox.ts';
import { createWelcomePage } from './home/welcome.ts';
import { createLogoPage } from './logos.ts';
import { createOperationsPages, type Operations } from './operations.ts';
import type { Renderer } from './render.ts';
import type { Pages } from './router.ts';
import { createChooseAccountPage } from './sign-in/choose-account.ts';
import { createCodePage } from './sign-in/code.ts';
import { createConsentPage } from './sign-in/consent.ts';
import { createCountries } from './sign-in/countries.ts';
import { createDispatcher } from './sign-in/dispatcher.ts';
import { createEmailPage } from './sign-in/email.ts';
import { createIdentifierPage } from './sign-in/identifier.ts';
import { createNumberUsedPage } from './sign-in/number-used.ts';
import { createPhonePage } from './sign-in/phone.ts';
import { createVisits } from './sign-in/visit.ts';
import { createWaysOut } from './sign-in/ways-out.ts';

export type PagesDeps = {
  settings: {
    mode: string;
    phone: PhoneRules;
    signIn: { deviceDays: number };
    server: { metricsToken?: string };
    lifetimes: { refreshTokenSeconds: number };
    clients: { registered: readonly ClientMetadata[] };
  };
  issuer: string;
  keys: Keys;
  now: () => number;
  events: Events;
  accounts: Accounts;
  consents: Consents;
  resources: Resources;
  challenges: Challenges;
  devices: Devices;
  flow: SignInFlow;
  interactions: Interactions;
  renderer: Renderer;
  assets: Assets;
  logos: ClientLogos;
  outbox: Outbox | undefined;
  operations: Operations;
};

export function createPages(deps: PagesDeps): Pages {
  const { settings, issuer, keys, outbox, renderer, operations, assets } = deps;
  const visits = createVisits({ ...deps, cookie: deviceCookie(issuer, settings.signIn.deviceDays), appCookie: appCookie(issuer) });
  const phoneRules = settings.phone;
  const dispatcher = createDispatcher({ ...deps, visits });
  const { goOn } = dispatcher;
  const room = { ...deps, visits, goOn, phoneRules, countries: createCountries(phoneRules), host: new URL(issuer).hostname };
  return {
    dispatcher: dispatcher.show,
    toDispatcher: visits.onVisit(async (visit) => visits.toDispatcher(visit)),
    email: createEmailPage(room),
    identifier: createIdentifierPage(room),
    phone: createPhonePage(room),
    code: createCodePage(room),
    numberUsed: createNumberUsedPage(room),
    chooseAccount: createChooseAccountPage(room),
    consent: createConsentPage(room),
    waysOut: createWaysOut(room),
    welcome: createWelcomePage({ renderer, outbox, settings }),
    outbox: createOutboxPages({ outbox, renderer }),
    operations: createOperationsPages({
      operations,
      keys,
      token: settings.server.metricsToken,
      production: settings.mode === 'production',
    }),
    asset: (ctx) => assets.serve(ctx),
    logo: createLogoPage(deps.logos),
  };
}
