// What a person agreed to share with a client: a record of its own, that outlives every grant, session and token.
import type { Keys } from '../../keys/keys.ts';
import type { Records } from '../../storage/port.ts';
import { sealedRecords, type Stored } from '../sealed-rows.ts';
import { type Account, findAddress } from '../accounts/account.ts';
import { type Item, itemChannels, type ItemName } from './items.ts';

export type DeclineReason = 'unticked' | 'not_now' | 'no_mobile';

export type Consent = {
  account: string;
  client: string;
  /** Items that are shared; `openid` itself is what `since` says. */
  granted: ItemName[];
  /** Which address the client gets, by the address's key. */
  addresses: { email?: string; phone?: string };
  /** `until`: milliseconds since the epoch; absent: until the person changes it. */
  declined: Partial<Record<ItemName, { why: DeclineReason; at: number; until?: number }>>;
  /** When the person first agreed; absent while they have only declined something on the way. */
  since?: number;
  lastUsedAt: number;
};

export type Decision = {
  granted: ItemName[];
  declined: Partial<Record<ItemName, DeclineReason>>;
  addresses: Consent['addresses'];
};

/** Whose consent, and what the request has read of it: `none` where there was nothing. What it hasn't read is read. */
type Subject = { account: string; client: string; seen?: Consent | 'none' };

export type Consents = ReturnType<typeof createConsents>;

export function createConsents({
  records,
  keys,
  now,
  declineAgainDays,
}: {
  records: Records;
  keys: Keys;
  now: () => number;
  declineAgainDays: number;
}) {
  const consents = sealedRecords<Consent>(records, keys, 'consent');
  const keyOf = (account: string, client: string) => keys.lookup('consent', account, client);

  /** The rows that consents were read from, which a request that has just read one need not read again to change it. */
  const origins = new WeakMap<Consent, Stored<Consent>>();

  async function read(key: string): Promise<Stored<Consent> | undefined> {
    const stored = await consents.get(key);
    if (stored) origins.set(stored.value, stored);
    return stored;
  }

  async function find(account: string, client: string): Promise<Consent | undefined> {
    return (await read(keyOf(account, client)))?.value;
  }

  /** It is about to be looked for. */
  function foresee(account: string, client: string): void {
    consents.foresee(keyOf(account, client));
  }

  async function change({ account, client, seen }: Subject, edit: (consent: Consent) => Consent): Promise<Consent> {
    const key = keyOf(account, client);
    const meta = { indexes: { account, client } };
    let stored = seen === undefined ? await read(key) : seen === 'none' ? undefined : origins.get(seen);
    for (;;) {
      const before = stored?.value ?? { account, client, granted: [], addresses: {}, declined: {}, lastUsedAt: now() };
      const value = edit(before);
      const written = stored ? await consents.replace(key, { ...stored, value }, meta) : await consents.insert(key, value, meta);
      if (written) return value;
      stored = await read(key);
    }
  }

  /** Items that the decision doesn't name stay as they are. */
  function apply(consent: Consent, decision: Decision): Consent {
    const declined = { ...consent.declined };
    for (const name of decision.granted) delete declined[name];
    for (const [name, why] of Object.entries(decision.declined) as [ItemName, DeclineReason][]) {
      const until = why === 'not_now' ? now() + declineAgainDays * 86_400_000 : undefined;
      declined[name] = { why, at: now(), until };
    }
    const granted = new Set([...consent.granted, ...decision.granted]);
    for (const name of Object.keys(decision.declined) as ItemName[]) granted.delete(name);
    return { ...consent, granted: [...granted], declined, addresses: { ...consent.addresses, ...decision.addresses }, lastUsedAt: now() };
  }

  /** Adds a decision to what was decided before. */
  const decide = (subject: Subject, decision: Decision): Promise<Consent> =>
    change(subject, (consent) => ({ ...apply(consent, decision), since: consent.since ?? now() }));

  /** "Not now", "I don't have a mobile", while signing in: remembered, and no agreement to anything. */
  const decline = (subject: Subject, declined: Decision['declined']): Promise<Consent> =>
    change(subject, (consent) => apply(consent, { granted: [], declined, addresses: {} }));

  const isDeclined = (consent: Consent | undefined, name: ItemName) => {
    const refusal = consent?.declined[name];
    return refusal !== undefined && (refusal.until === undefined || refusal.until > now());
  };

  /** Shared, and the very address that was agreed to is still there. */
  function isGranted(consent: Consent | undefined, name: ItemName, account: Account): boolean {
    if (!consent?.granted.includes(name)) return false;
    const channel = itemChannels[name];
    if (!channel) return true;
    const key = consent.addresses[channel];
    return key !== undefined && findAddress(account, channel, key) !== undefined;
  }

  /** Items that the person has to be asked about: never seen, or essential and declined, or declined for a while that is over. */
  function listOpen(consent: Consent | undefined, items: readonly Item[], account: Account): Item[] {
    return items.filter(({ name, essential }) => !isGranted(consent, name, account) && (essential || !isDeclined(consent, name)));
  }

  /** Every consent of an account; a page at most, which is more apps than anybody signs in to. */
  async function listOf(account: string): Promise<Consent[]> {
    const { rows } = await consents.list({ index: 'account', value: account }, { limit: 1000 });
    return rows.map(({ value }) => value);
  }

  const removeAll = (account: string) => records.removeAll('consent', 'account', account);

  return { find, foresee, listOf, removeAll, decide, decline, isDeclined, listOpen };
}
