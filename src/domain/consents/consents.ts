// What a person agreed to share with a client: a record of its own, that outlives every grant, session and token.
import type { Keys } from '../../keys/keys.ts';
import type { Records } from '../../storage/port.ts';
import { sealedRecords, type Stored } from '../sealed-rows.ts';
import type { Item, ItemName } from './items.ts';

export type DeclineReason = 'unticked' | 'not_now' | 'no_mobile';

export type Consent = {
  account: string;
  client: string;
  /** Items that are shared; `openid` itself is what the record's existence says. */
  granted: ItemName[];
  /** Which address the client gets, by the address's key. */
  addresses: { email?: string; phone?: string };
  /** `until`: milliseconds since the epoch; absent: until the person changes it. */
  declined: Partial<Record<ItemName, { why: DeclineReason; at: number; until?: number }>>;
  since: number;
  lastUsedAt: number;
};

export type Decision = {
  granted: ItemName[];
  declined: Partial<Record<ItemName, DeclineReason>>;
  addresses: Consent['addresses'];
};

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

  async function find(account: string, client: string): Promise<Consent | undefined> {
    return (await consents.get(keyOf(account, client)))?.value;
  }

  async function change(account: string, client: string, edit: (consent: Consent) => Consent): Promise<Consent> {
    const key = keyOf(account, client);
    const meta = { indexes: { account, client } };
    for (;;) {
      const stored: Stored<Consent> | undefined = await consents.get(key);
      const before = stored?.value ?? { account, client, granted: [], addresses: {}, declined: {}, since: now(), lastUsedAt: now() };
      const value = edit(before);
      const written = stored ? await consents.replace(key, { ...stored, value }, meta) : await consents.insert(key, value, meta);
      if (written) return value;
    }
  }

  /** Adds a decision to what was decided before; items that it doesn't name stay as they are. */
  function decide(account: string, client: string, decision: Decision): Promise<Consent> {
    return change(account, client, (consent) => {
      const declined = { ...consent.declined };
      for (const name of decision.granted) delete declined[name];
      for (const [name, why] of Object.entries(decision.declined) as [ItemName, DeclineReason][]) {
        const until = why === 'not_now' ? now() + declineAgainDays * 86_400_000 : undefined;
        declined[name] = { why, at: now(), until };
      }
      const granted = new Set([...consent.granted, ...decision.granted]);
      for (const name of Object.keys(decision.declined) as ItemName[]) granted.delete(name);
      return { ...consent, granted: [...granted], declined, addresses: { ...consent.addresses, ...decision.addresses }, lastUsedAt: now() };
    });
  }

  const isDeclined = (consent: Consent | undefined, name: ItemName) => {
    const decline = consent?.declined[name];
    return decline !== undefined && (decline.until === undefined || decline.until > now());
  };

  /** Items that the person has to be asked about: never seen, or essential and declined, or declined for a while that is over. */
  function listOpen(consent: Consent | undefined, items: readonly Item[]): Item[] {
    return items.filter(({ name, essential }) => !consent?.granted.includes(name) && (essential || !isDeclined(consent, name)));
  }

  return { find, decide, isDeclined, listOpen };
}
