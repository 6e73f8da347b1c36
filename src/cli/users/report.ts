// A person as an operator sees them. Addresses are shown whole: whoever runs the command holds the keys that open them, and has
// to be sure whom they mean. They go to standard output alone, never into a log; of sessions and tokens only numbers are shown.
import type { Users } from '../../operator.ts';
import { formatDetails, formatTable } from '../table.ts';

export type Account = NonNullable<Awaited<ReturnType<Users['find']>>>;
type Consent = Awaited<ReturnType<Users['consentsOf']>>[number];

export type Details = { account: Account; consents: readonly Consent[]; sessions: number; grants: number };

export function statusOf({ disabled, deletedAt }: Account): 'active' | 'disabled' | 'being deleted' {
  if (deletedAt !== undefined) return 'being deleted';
  return disabled ? 'disabled' : 'active';
}

const time = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;

const addressesOf = ({ addresses }: Account, channel: 'email' | 'phone') => addresses.filter((each) => each.channel === channel);

export function describe(accounts: readonly Account[]): string {
  const rows = accounts.map((account) => [
    account.id,
    statusOf(account),
    time(account.createdAt),
    ...(['email', 'phone'] as const).map((channel) =>
      addressesOf(account, channel)
        .map(({ address }) => address)
        .join(', '),
    ),
  ]);
  return formatTable(['account', 'status', 'created', 'email', 'phone'], rows);
}

function describeApp({ client, granted, declined, since, lastUsedAt }: Consent): string {
  const shares = since === undefined ? 'nothing agreed to yet' : granted.join(', ') || 'who they are';
  const not = Object.keys(declined);
  return `${client}: ${shares}${not.length > 0 ? ` (not ${not.join(', ')})` : ''}, last changed ${time(lastUsedAt)}`;
}

export function describeOne({ account, consents, sessions, grants }: Details): string {
  const proven = (channel: 'email' | 'phone') =>
    addressesOf(account, channel).map(({ address, since, provenAt }) => `${address}, since ${time(since)}, last proven ${time(provenAt)}`);
  return formatDetails({
    account: account.id,
    status: statusOf(account),
    created: time(account.createdAt),
    email: proven('email'),
    phone: proven('phone'),
    apps: consents.map(describeApp),
    sessions: String(sessions),
    'sign-ins to apps': String(grants),
  });
}

/** For programs; times as RFC 3339. Keys of addresses and generations are ours alone. */
export function toJson(account: Account): Record<string, unknown> {
  const { id, createdAt, addresses } = account;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    id,
    status: statusOf(account),
    createdAt: iso(createdAt),
    addresses: addresses.map(({ channel, address, since, provenAt }) => ({
      channel,
      address,
      since: iso(since),
      provenAt: iso(provenAt),
    })),
  };
}

/** For programs; what was declined stands with the reason. */
export function appToJson({ client, granted, declined, since, lastUsedAt }: Consent): Record<string, unknown> {
  const reasons = Object.entries(declined).map(([name, refusal]) => [name, refusal?.why]);
  return {
    client,
    shares: granted,
    declined: Object.fromEntries(reasons),
    since: since === undefined ? null : new Date(since).toISOString(),
    lastChangedAt: new Date(lastUsedAt).toISOString(),
  };
}
