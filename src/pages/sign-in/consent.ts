// Consent: the exact values that the client would get, item by item; Allow and Don't allow weigh the same.
import type { Middleware } from 'koa';
import { type Account, findAddress } from '../../domain/accounts/account.ts';
import type { Accounts } from '../../domain/accounts/accounts.ts';
import type { Consents, Decision } from '../../domain/consents/consents.ts';
import { type Item, type ItemName, listItems } from '../../domain/consents/items.ts';
import type { Events } from '../../domain/events.ts';
import { formatPhone } from '../../domain/identifiers/phone.ts';
import { AppError } from '../../errors.ts';
import { formatDate } from '../../locales/index.ts';
import type { Interaction, Interactions } from '../../protocol/interactions.ts';
import { readChoices, readField, seeOther } from '../form.ts';
import type { Renderer } from '../render.ts';
import type { Views } from '../views.ts';
import { nameForSession } from './session-name.ts';
import type { Visit, Visits } from './visit.ts';

type Deps = { visits: Visits; interactions: Interactions; accounts: Accounts; consents: Consents; renderer: Renderer; events: Events };
type ViewItem = Views['sign-in/consent']['items'][number];

const channelOf = (name: ItemName) => (name === 'email' ? 'email' : name === 'phone' ? 'phone' : undefined);

/** Staying connected is what the client's request is about, not a detail of it; everything else that isn't essential may be unticked. */
const isOptional = ({ name, essential }: Item) => !essential && name !== 'offline_access';

/** What can be shared at all: a number that isn't there is not on the page. */
function listShareable({ request }: Interaction, account: Account): Item[] {
  return listItems(request).filter(({ name }) => {
    if (name === 'phone_pseudonym') return findAddress(account, 'phone') !== undefined;
    const channel = channelOf(name);
    return channel === undefined || findAddress(account, channel) !== undefined;
  });
}

export function createConsentPage({ visits, interactions, accounts, consents, renderer, events }: Deps): {
  show: Middleware;
  submit: Middleware;
} {
  /** Consent is about a session that is there; anything else belongs to the dispatcher. */
  function onConsent(handle: (visit: Visit, account: Account) => Promise<void>): Middleware {
    return visits.onVisit(async (visit) => {
      const { prompt, session } = visit.interaction;
      if (prompt !== 'consent' || !session) return visits.toDispatcher(visit);
      const account = await accounts.get(session.account);
      if (!account || account.disabled) throw new AppError('account_disabled');
      await handle(visit, account);
    });
  }

  function present(item: Item, account: Account, locale: string): ViewItem {
    const channel = channelOf(item.name);
    const address = channel && findAddress(account, channel);
    const show = (value: string) => (channel === 'phone' ? formatPhone(value) : value);
    const all = account.addresses.filter((each) => each.channel === channel);
    return {
      name: item.name,
      value: address && show(address.address),
      verified: address && formatDate(locale, address.provenAt),
      optional: isOptional(item),
      choices:
        all.length > 1 ? all.map(({ key, address: value }) => ({ id: key, value: show(value), chosen: key === address?.key })) : undefined,
    };
  }

  const show = onConsent(async ({ ctx, interaction, setting }, account) => {
    const { client } = interaction;
    const consent = await consents.find(account.id, client.clientId);
    // What a scope asks for is what this app is used with; mere extras of the claims parameter are the person's to tick.
    const items = listShareable(interaction, account).map((item) => ({
      ...present(item, account, setting.locale),
      ticked: (item.scope || Boolean(consent?.granted.includes(item.name))) && !consents.isDeclined(consent, item.name),
    }));
    const redirectUri = String(interaction.params.redirect_uri);
    await renderer.render(ctx, 'sign-in/consent', {
      setting,
      account: await nameForSession(accounts, interaction.session),
      items,
      clientHost: URL.canParse(redirectUri) ? new URL(redirectUri).host || undefined : undefined,
      policyUri: client.policyUri,
      tosUri: client.tosUri,
    });
  });

  function readDecision(visit: Visit, account: Account): Decision {
    const ticked = readChoices(visit.ctx, 'share');
    const decision: Decision = { granted: [], declined: {}, addresses: {} };
    for (const item of listShareable(visit.interaction, account)) {
      if (isOptional(item) && !ticked.includes(item.name)) {
        decision.declined[item.name] = 'unticked';
        continue;
      }
      decision.granted.push(item.name);
      const channel = channelOf(item.name);
      const chosen = channel && readField(visit.ctx, `address_${item.name}`);
      // Only one of the person's own addresses can be chosen; anything else means the usual one.
      if (channel && chosen) decision.addresses[channel] = findAddress(account, channel, chosen)?.key;
    }
    return decision;
  }

  const submit = onConsent(async (visit, account) => {
    const { ctx, interaction } = visit;
    const client = interaction.client.clientId;
    const choice = readField(ctx, 'decision');
    if (choice === 'deny') {
      events.emit({ type: 'consent_refused', account: account.id, client });
      return seeOther(ctx, await interactions.deny(ctx, 'the person does not allow it'));
    }
    if (choice !== 'allow') throw new AppError('request_invalid');
    const decision = readDecision(visit, account);
    await consents.decide(account.id, client, decision);
    events.emit({ type: 'consent_given', account: account.id, client, claims: decision.granted });
    seeOther(ctx, await interactions.finishConsent(ctx));
  });

  return { show, submit };
}
