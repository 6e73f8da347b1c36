// Of a store that is a network away, a request's reads cost most where each waits for the one before. What it is about to read is often
// known from its first row (a token names its grant, its session and its person): asked for together, it is one command.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kind, NewRow, Records, Row, Storage } from './port.ts';

/** Rows that one request has asked for ahead; what it has written itself, or is writing, is read anew. */
type Ahead = { rows: Map<string, Promise<Row | undefined>>; anew: Set<string>; over: boolean };

const idOf = (kind: Kind, key: string) => `${kind}:${key}`;

export type Foresight = {
  storage: Storage;
  /** What `work` foresees is its own, and forgotten when it ends: what outlives it (a message that is sent, a timer) reads by itself. */
  inRequest<T>(work: () => Promise<T>): Promise<T>;
};

/** A store at hand stays as it is. */
export function withForesight(storage: Storage): Foresight {
  if (!storage.far) return { storage, inRequest: (work) => work() };
  const { records } = storage;
  const requests = new AsyncLocalStorage<Ahead>();

  /** A write, whatever comes of it: other requests' writes are met by its condition, and then the row has to be read as it is. */
  function forget(kind: Kind, key: string): void {
    const ahead = requests.getStore();
    if (!ahead || ahead.over) return;
    ahead.rows.delete(idOf(kind, key));
    ahead.anew.add(idOf(kind, key));
  }

  function forgetAll(): void {
    const ahead = requests.getStore();
    if (ahead) end(ahead);
  }

  function end(ahead: Ahead): void {
    ahead.over = true;
    ahead.rows.clear();
    ahead.anew.clear();
  }

  async function inRequest<T>(work: () => Promise<T>): Promise<T> {
    const ahead: Ahead = { rows: new Map(), anew: new Set(), over: false };
    try {
      return await requests.run(ahead, work);
    } finally {
      end(ahead);
    }
  }

  /** Nobody may come to need it, and then nobody has to hear that it failed. */
  function foresee(kind: Kind, key: string): void {
    const ahead = requests.getStore();
    const id = idOf(kind, key);
    if (!ahead || ahead.over || ahead.rows.has(id) || ahead.anew.has(id)) return;
    const row = records.get(kind, key);
    row.catch(() => undefined); // told to whoever reads it
    ahead.rows.set(id, row);
  }

  const forgetting = <A extends [Kind, string, ...unknown[]], T>(write: (...args: A) => Promise<T>) => {
    return (...args: A): Promise<T> => {
      forget(args[0], args[1]);
      return write(...args);
    };
  };

  const foreseeing: Records = {
    ...records,
    foresee,
    forget,
    get: <V>(kind: Kind, key: string) =>
      (requests.getStore()?.rows.get(idOf(kind, key)) as Promise<Row<V> | undefined> | undefined) ?? records.get<V>(kind, key),
    insert: forgetting(records.insert),
    insertInTurn(rows: readonly NewRow[]) {
      for (const { kind, key } of rows) forget(kind, key);
      return records.insertInTurn(rows);
    },
    replace: forgetting(records.replace),
    put: forgetting(records.put),
    mark: forgetting(records.mark),
    bump: forgetting(records.bump),
    remove: forgetting(records.remove),
    removeAll(kind, index, value) {
      forgetAll();
      return records.removeAll(kind, index, value);
    },
  };
  return { storage: { ...storage, records: foreseeing }, inRequest };
}
