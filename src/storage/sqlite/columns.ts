// How a row lies in the table: one column per declared index, the value as JSON text.
import type { Index, Indexes, Row } from '../port.ts';

export const indexNames = ['account', 'client', 'uid', 'grant', 'userCode'] as const satisfies readonly Index[];
export const indexColumns = indexNames.join(', ');
/** Where the indexes begin among them. */
const firstIndex = 5;
export const rowColumns = `key, value, version, marked_at, expires_at, ${indexColumns}`;

/** A row exists until the millisecond `expires_at`; the caller's clock fills the question mark. */
export const alive = '(expires_at IS NULL OR expires_at > ?)';

/** A row of `rowColumns` as an array, which SQLite's binding makes in two thirds of the time that an object takes. */
export type Cells = [
  key: string,
  value: string,
  version: number,
  markedAt: number | null,
  expiresAt: number | null,
  ...indexes: (string | null)[],
];

export function encodeValue(value: unknown): string {
  // JSON has no `undefined`; a row that is only there to be there may be written with it.
  return JSON.stringify(value) ?? 'null';
}

export function encodeIndexes(indexes: Indexes | undefined): [string | null, string | null, string | null, string | null, string | null] {
  if (!indexes) return [null, null, null, null, null];
  return [indexes.account ?? null, indexes.client ?? null, indexes.uid ?? null, indexes.grant ?? null, indexes.userCode ?? null];
}

/** Those that a row would be read with. */
export function copyIndexes(indexes: Indexes = {}): Indexes {
  const copy: Indexes = {};
  for (const name of indexNames) if (indexes[name] !== undefined) copy[name] = indexes[name];
  return copy;
}

export function decodeRow<V>(cells: Cells): Row<V> {
  const [, value, version, markedAt, expiresAt] = cells;
  const indexes: Indexes = {};
  indexNames.forEach((name, at) => {
    const indexed = cells[firstIndex + at];
    if (typeof indexed === 'string') indexes[name] = indexed;
  });
  return {
    value: JSON.parse(value) as V,
    version,
    indexes,
    markedAt: markedAt ?? undefined,
    expiresAt: expiresAt ?? undefined,
  };
}
