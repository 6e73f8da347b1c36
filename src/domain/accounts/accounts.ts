// Accounts and who owns which address. Ownership is one insert: of fifty first sign-ins in parallel, one makes the account.
import { randomBytes } from 'node:crypto';
import type { Keys } from '../../keys/keys.ts';
import type { NewRow, Records } from '../../storage/port.ts';
import type { Events } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import { sealedRecords } from '../sealed-rows.ts';
import { type Account, type Address, findListed, generationOf, withEntry } from './account.ts';

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ records, keys, events, now }: { records: Records; keys: Keys; events: Events; now: () => number }) {
  const accounts = sealedRecords<Account>(records, keys, 'account');

  /** One that is being deleted is gone for everybody but the operator, who may have to finish the deletion. */
  async function find(id: string, { deleted = false } = {}) {
    const stored = await accounts.get(id);
    return deleted || stored?.value.deletedAt === undefined ? stored : undefined;
  }

  async function get(id: string, which?: { deleted?: boolean }): Promise<Account | undefined> {
    return (await find(id, which))?.value;
  }

  /** Whose address it is. An account that the address points to but that is gone (a lost race, a deletion) owns nothing. */
  async function findByAddress(identifier: Identifier, which?: { deleted?: boolean }): Promise<Account | undefined> {
    const row = await records.get<{ account: string }>('address', identifier.key);
    return row && get(row.value.account, which);
  }

  /**
   * As `findByAddress`, with as much to do where nobody has the address: for what is answered to somebody who must not learn
   * which of the two it is. An account that the request has read already is read anew, as any other is.
   */
  async function findUnseen(identifier: Identifier): Promise<Account | undefined> {
    const row = await records.get<{ account: string }>('address', identifier.key);
    const id = row?.value.account ?? keys.lookup('nobody', identifier.key);
    accounts.forget(id);
    return get(id);
  }

  /** Changes an account by version until nobody was in between; the same account back is no change. @returns undefined if it is gone */
  async function change(id: string, edit: (account: Account) => Account): Promise<Account | undefined> {
    for (;;) {
      const stored = await find(id);
      if (!stored) return undefined;
      const edited = edit(stored.value);
      if (edited === stored.value) return edited;
      if (await accounts.replace(id, { ...stored, value: edited })) return edited;
    }
  }

  const toClaim = ({ key }: Pick<Identifier, 'key'>, account: string): NewRow => ({
    kind: 'address',
    key,
    value: { account },
    meta: { indexes: { account } },
  });

  function claim(identifier: Pick<Identifier, 'key'>, account: string): Promise<boolean> {
    const { kind, key, value, meta } = toClaim(identifier, account);
    return records.insert(kind, key, value, meta);
  }

  const asAddress = ({ channel, key, address }: Identifier, provenAt: number): Address => ({
    channel,
    key,
    address,
    since: provenAt,
    provenAt,
  });

  /**
   * Create, or find, by a proven address that nobody owned when it was proven (scenario D5). The account is written before the
   * address; the loser takes its account back. One that a crash leaves between the two has no address: nobody ever signs in to it.
   */
  async function establish(identifier: Identifier): Promise<{ account: Account; created: boolean }> {
    for (;;) {
      const account: Account = { id: randomBytes(16).toString('base64url'), createdAt: now(), addresses: [asAddress(identifier, now())] };
      if ((await records.insertInTurn([accounts.toRow(account.id, account), toClaim(identifier, account.id)])) === 2) {
        events.emit({ type: 'account_created', account: account.id });
        return { account, created: true };
      }
      await accounts.remove(account.id);
      const owner = await findByAddress(identifier);
      if (owner) return { account: owner, created: false };
      await releaseOrphan(identifier);
    }
  }

  const hasOther = ({ addresses }: Account, key: string) => addresses.some((each) => each.key !== key && !each.leaving);

  /** All rows of an account that is gone: whoever claims the address meanwhile, for another one, keeps it. */
  const releaseAddresses = (id: string) => records.removeAll('address', 'account', id);

  /** An address row whose account is gone would block the address for ever. */
  async function releaseOrphan(identifier: Identifier): Promise<void> {
    const row = await records.get<{ account: string }>('address', identifier.key);
    if (row && !(await get(row.value.account))) await releaseAddresses(row.value.account);
  }

  /**
   * Puts a proven address on an account ('added'), or dates its proof anew.
   * @returns 'taken' if it is another account's; 'gone' if the account is
   */
  async function prove(id: string, identifier: Identifier): Promise<'added' | 'proven' | 'taken' | 'gone'> {
    const date = (current: Account) => {
      const known = findListed(current, identifier);
      return known ? withEntry(current, { ...known, provenAt: now() }) : current;
    };
    const dated = await change(id, date);
    if (!dated) return 'gone';
    if (findListed(dated, identifier)) return 'proven';
    if (!(await claim(identifier, id))) {
      const owner = await findByAddress(identifier);
      // Where it is its own already, a crash came between the two steps.
      if (owner && owner.id !== id) return 'taken';
      if (!owner) {
        await releaseOrphan(identifier);
        if (!(await claim(identifier, id))) return 'taken';
      }
    }
    let added = false;
    const account = await change(id, (current) => {
      // The other of two clicks may have been first.
      added = findListed(current, identifier) === undefined;
      return added ? withEntry(current, asAddress(identifier, now())) : date(current);
    });
    if (!account) {
      await releaseAddresses(id);
      return 'gone';
    }
    if (!added) return 'proven';
    events.emit({ type: 'address_added', account: id, channel: identifier.channel });
    return 'added';
  }

  /**
   * One write of the account decides: of two addresses that go at once one stays, and one whose removal was cut off is no other way in.
   * Then the row goes, which frees the address, and its entry; the same call finishes one that was cut off.
   * @returns the account without it; 'last' (and nothing was done) if it has no other; undefined if the account is gone
   */
  async function removeAddress(id: string, key: string): Promise<Account | 'last' | undefined> {
    const decided = await change(id, (current) => {
      const entry = current.addresses.find((each) => each.key === key);
      if (!entry || entry.leaving || !hasOther(current, key)) return current;
      return { ...current, addresses: current.addresses.map((each) => (each === entry ? { ...entry, leaving: true } : each)) };
    });
    if (!decided || !hasOther(decided, key)) return decided && 'last';
    const row = await records.get<{ account: string }>('address', key);
    if (row?.value.account === id) await records.remove('address', key, row.version);
    return change(id, (current) => ({ ...current, addresses: current.addresses.filter((each) => each.key !== key || !each.leaving) }));
  }

  const nextGeneration = (account: Account): Account => ({ ...account, generation: generationOf(account) + 1 });

  /** Nobody signs in to it any more, and with this one write everything that was issued for it has ended. */
  const disable = (id: string) => change(id, (account) => ({ ...nextGeneration(account), disabled: true }));

  /** What has ended stays ended. */
  const enable = (id: string) => change(id, (account) => ({ ...account, disabled: undefined }));

  /** With this one write every session, grant and sign-in under way has ended. */
  const endIssued = (id: string) => change(id, nextGeneration);

  /** The first step of a deletion; `remove` is the last. @returns the account also if that was done before */
  async function markDeleted(id: string): Promise<Account | undefined> {
    const marked = await change(id, (account) => ({ ...nextGeneration(account), deletedAt: now() }));
    return marked ?? get(id, { deleted: true });
  }

  /** The addresses first: as long as the account's row is there, an interrupted deletion can be found and finished. */
  async function remove(id: string): Promise<void> {
    await releaseAddresses(id);
    await accounts.remove(id);
  }

  return {
    get,
    foresee: accounts.foresee,
    findByAddress,
    findUnseen,
    establish,
    prove,
    removeAddress,
    disable,
    enable,
    endIssued,
    markDeleted,
    remove,
  };
}
