// The items of the consent page: what can be shared, the exact value of each, and what the person decided.
import type { Context } from 'koa';
import { type Account, type Address, findAddress } from '../../domain/accounts/account.ts';
import type { Consent, Decision } from '../../domain/consents/consents.ts';
import { type Item, itemChannels, listItems } from '../../domain/consents/items.ts';
import { formatPhone } from '../../domain/identifiers/phone.ts';
import { isPermission, type Resources } from '../../domain/resources.ts';
import { formatDate } from '../../locales/index.ts';
import type { Interaction } from '../../protocol/interactions/interactions.ts';
import { readChoices, readField } from '../form.ts';
import type { Views } from '../views.ts';
import { listVisible } from './session-addresses.ts';

export type ViewItem = Views['sign-in/consent']['items'][number];

/** An item with the address that it would share, where it shares one. */
export type Shareable = Item & { address?: Address; choices: Address[] };

/** Staying connected is what the client's request is about, not a detail of it; everything else that isn't essential may be unticked. */
const isOptional = ({ name, essential }: Item) => !essential && name !== 'offline_access';

const show = ({ channel, address }: Address) => (channel === 'phone' ? formatPhone(address) : address);

/** Whose page it is. */
type Standpoint = { account: Account; consent: Consent | undefined; resources: Resources };

/** What can be shared at all: a number that isn't there, or that this session may not see, is not on the page. */
export function listShareable({ request, session }: Interaction, { account, consent, resources }: Standpoint): Shareable[] {
  const visible = { ...account, addresses: session ? listVisible(account, session) : [] };
  return [...listItems(request), ...resources.listPermissions(request)].flatMap((item): Shareable[] => {
    const channel = itemChannels[item.name];
    if (!channel) return [{ ...item, choices: [] }];
    const address = findAddress(visible, channel, consent?.addresses[channel]) ?? findAddress(visible, channel);
    return address ? [{ ...item, address, choices: visible.addresses.filter((each) => each.channel === channel) }] : [];
  });
}

/** @param ticked whether an optional item starts ticked */
export function present(
  item: Shareable,
  { locale, regional, resources }: { locale: string; regional: string; resources: Resources },
  ticked: boolean,
): ViewItem {
  const { name, address, choices } = item;
  const words = isPermission(name) ? resources.describe(name, locale) : undefined;
  // A pseudonym is made of the number, and doesn't show it.
  const shown = name === 'phone_pseudonym' ? undefined : address;
  return {
    name,
    label: words?.label,
    about: words?.of,
    value: shown && show(shown),
    verified: shown && formatDate(regional, shown.provenAt),
    optional: isOptional(item),
    ticked,
    address: address?.key,
    choices:
      shown && choices.length > 1
        ? choices.map((each) => ({ id: each.key, value: show(each), chosen: each.key === shown.key }))
        : undefined,
  };
}

/** The address that was on the page is the one that is shared, whatever is proven later; only the person's own can be chosen. */
export function readDecision(ctx: Context, items: readonly Shareable[]): Decision {
  const ticked = readChoices(ctx, 'share');
  const decision: Decision = { granted: [], declined: {}, addresses: {} };
  for (const item of items) {
    if (isOptional(item) && !ticked.includes(item.name)) {
      decision.declined[item.name] = 'unticked';
      continue;
    }
    decision.granted.push(item.name);
    const channel = itemChannels[item.name];
    if (!channel) continue;
    const posted = readField(ctx, `address_${item.name}`);
    // One that has gone since the page was shown is not replaced by another: the person is asked again.
    const chosen = posted ? item.choices.find(({ key }) => key === posted) : item.address;
    if (chosen) decision.addresses[channel] ??= chosen.key;
  }
  return decision;
}
