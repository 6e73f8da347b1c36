// The storage contract: two homes, few operations, each of them atomic. Drivers hold no rules and see no secrets:
// keys arrive hashed, secret parts of values sealed. Times are milliseconds since the epoch; `ttl` is in seconds.

/** A kind is a table's worth of rows: 'account', 'Session', 'challenge' … lower-case for ours, the library's own names for its models. */
export type Kind = string;

export type Row<V = unknown> = {
  readonly value: V;
  /** Starts at 1 and grows by one with each write of the value. */
  readonly version: number;
  /** When the row was marked (see `mark`); undefined while it was not. */
  readonly markedAt?: number;
  /** The index values that the row was written with. */
  readonly indexes: Readonly<Indexes>;
  readonly expiresAt?: number;
};

/** The declared indexes. Values are hashed by the caller where they are secret or personal. */
export type Index = 'account' | 'client' | 'uid' | 'grant' | 'userCode';
export type Indexes = Partial<Record<Index, string>>;

export type Meta = { indexes?: Indexes; expiresAt?: number };

export type Mark = 'first' | 'again' | 'absent';

/** A row that is to be inserted. */
export type NewRow = { kind: Kind; key: string; value: unknown; meta?: Meta };

/** `after` is what the previous page's `next` said; undefined for the first page. */
export type Page = { limit: number; after?: string };

/**
 * Durable truth. A promise that resolves means that the write survives the process.
 * From the millisecond `expiresAt` on, by the driver's clock, a row does not exist for any operation: it can't be read, listed,
 * marked, replaced or removed, and `insert` of its key succeeds.
 */
export interface Records {
  get<V>(kind: Kind, key: string): Promise<Row<V> | undefined>;
  /**
   * The request under way is about to `get` the row: it is asked for with whatever is read now. The request sees the row as it was then, even if it expires meanwhile, until it writes it, or removes any rows by an index.
   * Absent where a read costs nothing worth saving (see foresight).
   */
  foresee?(kind: Kind, key: string): void;
  /** From here on the request reads the row anew. */
  forget?(kind: Kind, key: string): void;
  /** Rows whose declared index equals `value`, in a stable order. */
  list<V>(
    kind: Kind,
    where: { index: Index; value: string } | 'all',
    page: Page,
  ): Promise<{ rows: (Row<V> & { key: string })[]; next?: string }>;
  /** False: the key is taken, and nothing was written. */
  insert(kind: Kind, key: string, value: unknown, meta?: Meta): Promise<boolean>;
  /**
   * Inserts one after the other, in one step for who waits for it, until a key is taken. A crash, or a rejection, leaves as many
   * of the first as it will. @returns how many were written
   */
  insertInTurn(rows: readonly NewRow[]): Promise<number>;
  /** False: the row is absent or has another version, and nothing was written. The mark stays; indexes and expiry are as in `meta`. */
  replace(kind: Kind, key: string, value: unknown, expectedVersion: number, meta?: Meta): Promise<boolean>;
  /** The last writer wins. Keeps an existing mark. */
  put(kind: Kind, key: string, value: unknown, meta?: Meta): Promise<void>;
  /** Exactly one caller ever hears 'first' for a row. The row and its version stay. */
  mark(kind: Kind, key: string): Promise<Mark>;
  /** Adds to a counter and answers its new value; a counter that is absent starts at 0. `expiresAt` is used only when it starts. */
  bump(kind: Kind, key: string, by: number, expiresAt?: number): Promise<number>;
  /** False: there was no such row (or it has another version). */
  remove(kind: Kind, key: string, expectedVersion?: number): Promise<boolean>;
  /** Removes every row whose index equals `value`; answers how many. */
  removeAll(kind: Kind, index: Index, value: string): Promise<number>;
  /** Deletes up to `limit` expired rows; answers how many. Only cleans up: expiry itself is checked at read. */
  sweep(limit: number): Promise<number>;
}

/** At most `limit` spends within any `seconds`. */
export type WindowRule = { limit: number; seconds: number };
/** After the n-th spend the next one waits `gaps[n-1]` seconds (the last gap repeats); `resetSeconds` after the latest spend it starts anew. */
export type GapRule = { gaps: readonly number[]; resetSeconds: number };

/** One ledger = one list of spends under a partition. All its rules must agree. */
export type Ledger = { name: string; rules: readonly (WindowRule | GapRule)[] };

/**
 * `retryAt`: when the refusing ledger would allow the next spend, if nobody else spends meanwhile; of several refusing ledgers, the one that stays shut longest.
 * `left`: for each ledger that has a window rule, how many more its tightest one allows.
 */
export type Spent = { ok: true; left: Record<string, number> } | { ok: false; ledger: string; retryAt: number };

/** Data that may be lost: losing it fails closed, but for replay marks and hourly budgets. Same rule about expiry as Records. */
export interface Expiring {
  put(kind: Kind, key: string, value: unknown, ttl: number, indexes?: Indexes): Promise<void>;
  get<V>(kind: Kind, key: string): Promise<Row<V> | undefined>;
  /** The rows of one index value (at most 1,000): a person's tokens of one grant. Clean-up and look-ups only, never a decision. */
  list<V>(kind: Kind, index: Index, value: string): Promise<(Row<V> & { key: string })[]>;
  /** Only if absent; false: it is there already, and nothing was written. */
  add(kind: Kind, key: string, value: unknown, ttl: number, indexes?: Indexes): Promise<boolean>;
  /** False: absent or of another version, and nothing was written. Keeps the mark and the indexes. */
  replace(kind: Kind, key: string, value: unknown, expectedVersion: number, ttl: number): Promise<boolean>;
  /** Exactly one caller ever hears 'first'. */
  mark(kind: Kind, key: string): Promise<Mark>;
  remove(kind: Kind, key: string): Promise<boolean>;
  removeAll(kind: Kind, index: Index, value: string): Promise<number>;
  /** All ledgers or none. One partition = one address = one hash slot. */
  spend(partition: string, ledgers: readonly Ledger[]): Promise<Spent>;
  /** What `spend` would answer now; spends nothing, so that nothing may rest on it but a choice between ways that are both safe. */
  look(partition: string, ledgers: readonly Ledger[]): Promise<Spent>;
  /** Takes back the newest spend of each named ledger (what was never spent stays). */
  refund(partition: string, names: readonly string[]): Promise<void>;
  /** Forgets every spend of the named ledgers. */
  forgive(partition: string, names: readonly string[]): Promise<void>;
  sweep(limit: number): Promise<number>;
}

/** A row with the key that it lies under. */
export type KeyedRow<V = unknown> = Row<V> & { key: string };

/** Durable truth of a store that nobody serves from, to be moved into another one. Same rule about expiry as Records. */
export interface Movable {
  /** Every kind that has rows, in no order; perhaps one whose rows have all expired. */
  kinds(): Promise<Kind[]>;
  /** How many rows exist at `time`. */
  count(kind: Kind, time: number): Promise<number>;
  /** All rows of a kind, in the order of the bytes of their keys (UTF-8): two stores can be read side by side. */
  read(kind: Kind, page: Page): Promise<{ rows: KeyedRow[]; next?: string }>;
  /** Writes rows as they are: versions, marks, indexes and ends. Rejects if a key is taken, and leaves the row under it alone. */
  load(kind: Kind, rows: readonly KeyedRow[]): Promise<void>;
  remove(kind: Kind, key: string): Promise<void>;
  close(): Promise<void>;
}

export interface Storage {
  records: Records;
  expiring: Expiring;
  /** Each read of a record is a way to another machine. */
  far?: boolean;
  /** Resolves when every home answers; rejects with what is wrong. */
  check(): Promise<void>;
  /** What works, but may lose more than this contract says, in a sentence for the operator; undefined: nothing. */
  findRisk?(): Promise<string | undefined>;
  close(): Promise<void>;
}
