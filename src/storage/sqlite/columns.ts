// How a row lies in the table: one column per declared index, the value as JSON text.
import type { Index, Indexes, Row } from '../port.ts';

export const indexNames = ['account', 'client', 'uid', 'grant', 'userCode'] as const satisfies readonly Index[];
export const indexColumns = indexNames.join(', ');
export const rowColumns = `key, value, version, marked_at, expires_at, ${indexColumns}`;

/** A row exists until the millisecond `expires_at`; the caller's clock fills the question mark. */
export const alive = '(expires_at IS NULL OR expires_at > ?)';

export type Columns = { key: string; value: string; version: number; marked_at: number | null; expires_at: number | null } & Record<
  Index,
  string | null
>;

export function encodeValue(value: unknown): string {
  // JSON has no `undefined`; a row that is only there to be there may be written with it.
  return JSON.stringify(value) ?? 'null';
}

export function encodeIndexes(indexes: Indexes | undefined): [string | null, string | null, string | null, string | null, string | null] {
  if (!indexes) return [null, null, null, null, null];
  return [indexes.account ?? null, indexes.client ?? null, indexes.uid ?? null, indexes.grant ?? null, indexes.userCode ?? null];
}

export function decodeRow<V>(columns: Columns): Row<V> {
  const row: Row<V> = { value: JSON.parse(columns.value) as V, version: columns.version, indexes: {} };
  for (const name of indexNames) {
    const value = columns[name];
    if (value !== null) row.indexes[name] = value;
  }
  if (columns.marked_at !== null) row.markedAt = columns.marked_at;
  if (columns.expires_at !== null) row.expiresAt = columns.expires_at;
  return row;
}
