// Clients as people read them. A secret is never among it: it is shown once, when it is made.
import type { Operator } from '../../operator.ts';
import { formatDetails, formatTable } from '../table.ts';

type Desk = Awaited<ReturnType<Operator['openClients']>>;
export type Known = NonNullable<Awaited<ReturnType<Desk['find']>>>;

const day = (at: number | undefined) => (at === undefined ? '' : new Date(at).toISOString().slice(0, 10));
const say = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const kindOf = ({ metadata }: Known) => (metadata.token_endpoint_auth_method === 'none' ? 'public' : 'confidential');
const origins = { file: 'CLIENTS_FILE', operator: 'store', registration: 'registered itself' };

export function formatClients(clients: readonly Known[]): string {
  const hidden = new Set(clients.filter(({ origin }) => origin === 'file').map(({ id }) => id));
  const rows = clients.map((client) => {
    const { id, origin, metadata, createdAt } = client;
    const from = origin !== 'file' && hidden.has(id) ? `${origins[origin]} (CLIENTS_FILE wins)` : origins[origin];
    return [id, metadata.client_name ?? '', kindOf(client), from, day(createdAt)];
  });
  return formatTable(['client', 'name', 'kind', 'from', 'since'], rows);
}

/** For programs: what `show` says, member by member. */
export const toJson = ({ id, origin, metadata, createdAt, changedAt }: Known) => {
  const { client_secret_sha256: hash, former_client_secret: former, ...shown } = metadata;
  const { until } = (former ?? {}) as { until?: number };
  return {
    client_id: id,
    origin,
    created_at: createdAt,
    changed_at: changedAt,
    has_secret: hash !== undefined,
    former_secret_until: until === undefined ? undefined : until * 1000,
    metadata: shown,
  };
};

export function formatClient(client: Known): string {
  const { metadata, former_secret_until: former = 0 } = toJson(client);
  const said = Object.entries(metadata).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.map(say) : say(value)];
  });
  const { origin, createdAt, changedAt } = client;
  const old = former > Date.now() ? `works until ${new Date(former).toISOString()}` : undefined;
  return formatDetails({
    ...Object.fromEntries(said),
    'old secret': old,
    from: origins[origin],
    since: day(createdAt),
    changed: day(changedAt),
  });
}
