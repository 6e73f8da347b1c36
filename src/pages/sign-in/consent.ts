// Consent: the exact values that the client would get, item by item; Allow and Don't allow weigh the same.
import type { Middleware } from 'koa';
import type { Account } from '../../domain/accounts/account.ts';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { Consent, Consents } from '../../domain/consents/consents.ts';
import type { Events } from '../../domain/events.ts';
import type { Resources } from '../../domain/resources.ts';
import { AppError } from '../../errors.ts';
import type { Interactions } from '../../protocol/interactions/interactions.ts';
import { readField, seeOther } from '../form.ts';
import type { Renderer } from '../render.ts';
import { listShareable, present, readDecision } from './consent-items.ts';
import { nameForSession } from './session-addresses.ts';
import type { Visit, Visits } from './visit.ts';

type Deps = {
  visits: Visits;
  interactions: Interactions;
  accounts: Accounts;
  consents: Consents;
  resources: Resources;
  renderer: Renderer;
  events: Events;
  settings: { lifetimes: { refreshTokenSeconds: number } };
};

export function createConsentPage({ visits, interactions, accounts, consents, resources, renderer, events, settings }: Deps): {
  show: Middleware;
  submit: Middleware;
} {
  /** Consent is about a session that is there; anything else belongs to the dispatcher. */
  function onConsent(handle: (visit: Visit, person: { account: Account; consent?: Consent }) => Promise<void>): Middleware {
    return visits.onVisit(async (visit) => {
      const { prompt, session } = visit.interaction;
      if (prompt !== 'consent' || !session) return visits.toDispatcher(visit);
      const { clientId } = visit.interaction.client;
      const [account, consent] = await Promise.all([accounts.get(session.account), consents.find(session.account, clientId)]);
      if (!account || account.disabled) throw new AppError('account_disabled');
      await handle(visit, { account, consent });
    });
  }

  const show = onConsent(async ({ ctx, interaction, setting, regional }, { account, consent }) => {
    // What a scope asks for is what this app is used with; mere extras of the claims parameter are the person's to tick.
    const items = listShareable(interaction, { account, consent, resources }).map((item) => {
      const wanted = item.scope || Boolean(consent?.granted.includes(item.name));
      return present(item, { locale: setting.locale, regional, resources }, wanted && !consents.isDeclined(consent, item.name));
    });
    const redirectUri = String(interaction.params.redirect_uri);
    await renderer.render(ctx, 'sign-in/consent', {
      setting,
      account: interaction.session ? nameForSession(account, interaction.session) : '',
      items,
      awayDays: Math.ceil(settings.lifetimes.refreshTokenSeconds / 86_400),
      clientHost: URL.canParse(redirectUri) ? new URL(redirectUri).host || undefined : undefined,
    });
  });

  const submit = onConsent(async (visit, { account, consent }) => {
    const { ctx, interaction } = visit;
    const client = interaction.client.clientId;
    const choice = readField(ctx, 'decision');
    if (choice === 'deny') {
      events.emit({ type: 'consent_refused', account: account.id, client });
      return seeOther(ctx, await interactions.deny(interaction, 'the person does not allow it'));
    }
    if (choice !== 'allow') throw new AppError('request_invalid');
    const decision = readDecision(ctx, listShareable(interaction, { account, consent, resources }));
    await consents.decide({ account: account.id, client, seen: consent ?? 'none' }, decision);
    events.emit({ type: 'consent_given', account: account.id, client, claims: decision.granted });
    seeOther(ctx, await interactions.finishConsent(interaction, account.id));
  });

  return { show, submit };
}
