// How a row lies in its document, and which documents an operation means.
import type { Index, Indexes, KeyedRow, Kind, Meta, Row } from '../port.ts';
import { indexNames, type RecordDocument } from './schema.ts';

/** Every operation on one row is told its index: the server has no other plan to try, and none to choose wrongly. */
export const byId = { _id: 1 } as const;

export function idOf(kind: Kind, key: string): string {
  // Else the rows of `a:b` would be listed among those of `a`.
  if (kind.includes(':')) throw new TypeError(`A kind holds no colon: ${kind}`);
  return `${kind}:${key}`;
}

/** The ids of a kind after a key: `;` is the character after `:`. */
export function idsAfter(kind: Kind, key: string) {
  return { $gt: idOf(kind, key), $lt: `${kind};` };
}

/** A row exists until the millisecond `expiresAt`; without one, for ever. */
export function alive(time: Date) {
  return { expiresAt: { $not: { $lte: time } } };
}

export function isAlive({ expiresAt }: RecordDocument, time: number): boolean {
  return !expiresAt || expiresAt.getTime() > time;
}

export function encodeValue(value: unknown): string | number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  // JSON has no `undefined`; a row that is only there to be there may be written with it.
  return JSON.stringify(value) ?? 'null';
}

/** Only what is there: a field that is absent is in no index. */
export function encodeMeta({ indexes, expiresAt }: Meta = {}): Indexes & { expiresAt?: Date } {
  const fields: Indexes & { expiresAt?: Date } = {};
  for (const name of indexNames) if (indexes?.[name] !== undefined) fields[name] = indexes[name];
  if (expiresAt !== undefined) fields.expiresAt = new Date(expiresAt);
  return fields;
}

export function decodeRow<V>(document: RecordDocument): Row<V> {
  const { value, version, markedAt, expiresAt } = document;
  const indexes: Indexes = {};
  for (const name of indexNames) if (document[name] !== undefined) indexes[name as Index] = document[name];
  return {
    value: (typeof value === 'number' ? value : JSON.parse(value)) as V,
    version,
    indexes,
    markedAt: markedAt?.getTime(),
    expiresAt: expiresAt?.getTime(),
  };
}

export function decodeKeyedRow<V>(kind: Kind, document: RecordDocument): KeyedRow<V> {
  return { key: document._id.slice(kind.length + 1), ...decodeRow<V>(document) };
}
