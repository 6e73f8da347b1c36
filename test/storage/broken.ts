// A store that is broken on purpose: it reads, waits, and then writes, as a driver would that forgot about the others.
import { setImmediate as turn } from 'node:timers/promises';
import type { Expiring, Ledger, Mark, Records, Storage } from '../../src/storage/port.ts';

type Home = Pick<Expiring, 'get' | 'mark'>;

/** `wait`: how long it lies between the reading and the writing; over HTTP a turn of the loop is too short for a race. */
export function breakStorage({ records, expiring, ...rest }: Storage, wait: () => Promise<unknown> = turn): Storage {
  const { mark, seen } = createUnguarded(wait);
  const spent = new Map<string, number>();

  async function insert(...[kind, key, value, meta]: Parameters<Records['insert']>): Promise<boolean> {
    if (await seen(records, kind, key)) return false;
    await records.put(kind, key, value, meta);
    return true;
  }

  return {
    ...rest,
    records: {
      ...records,
      mark: (kind, key) => mark(records, kind, key),
      insert,
      insertInTurn: oneByOne(insert),
      async replace(kind, key, value, version, meta) {
        if ((await seen(records, kind, key))?.version !== version) return false;
        await records.put(kind, key, value, meta);
        return true;
      },
    },
    expiring: {
      ...expiring,
      mark: (kind, key) => mark(expiring, kind, key),
      async add(kind, key, value, ttl, indexes) {
        if (await seen(expiring, kind, key)) return false;
        await expiring.put(kind, key, value, ttl, indexes);
        return true;
      },
      async replace(kind, key, value, version, ttl) {
        if ((await seen(expiring, kind, key))?.version !== version) return false;
        await expiring.put(kind, key, value, ttl);
        return true;
      },
      async spend(partition, ledgers) {
        const shut = ledgers.find((ledger) => (spent.get(partition + ledger.name) ?? 0) >= limitOf(ledger));
        await wait();
        if (shut) return { ok: false, ledger: shut.name, retryAt: 0 };
        for (const { name } of ledgers) spent.set(partition + name, (spent.get(partition + name) ?? 0) + 1);
        const leftOf = (ledger: Ledger) => Math.max(0, limitOf(ledger) - (spent.get(partition + ledger.name) ?? 0));
        return { ok: true, left: Object.fromEntries(ledgers.map((ledger) => [ledger.name, leftOf(ledger)])) };
      },
    },
  };
}

/** Several rows are inserted as one is. @returns how many, up to the first that was not */
export function oneByOne(insert: Records['insert']): Records['insertInTurn'] {
  return async (rows) => {
    let done = 0;
    for (const { kind, key, value, meta } of rows) {
      if (!(await insert(kind, key, value, meta))) break;
      done += 1;
    }
    return done;
  };
}

function createUnguarded(wait: () => Promise<unknown>) {
  async function seen(home: Home, kind: string, key: string) {
    const row = await home.get(kind, key);
    await wait();
    return row;
  }

  async function mark(home: Home, kind: string, key: string): Promise<Mark> {
    const row = await seen(home, kind, key);
    if (!row) return 'absent';
    if (row.markedAt !== undefined) return 'again';
    await home.mark(kind, key);
    return 'first';
  }

  return { seen, mark };
}

function limitOf({ rules }: Ledger): number {
  return Math.min(...rules.map((rule) => ('limit' in rule ? rule.limit : 1)));
}
