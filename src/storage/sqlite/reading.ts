// The reads of the table of rows, shared by both homes: by key, and page by page.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Index, KeyedRow, Kind, Page, Row } from '../port.ts';
import { alive, decodeRow, indexNames, rowColumns, type Columns } from './columns.ts';

export type Where = { index: Index; value: string } | 'all';

export function openReading(database: DatabaseSync, now: () => number) {
  const byKey = database.prepare(`SELECT ${rowColumns} FROM entries WHERE kind = ? AND key = ? AND ${alive}`);
  const ofKind = database.prepare(`SELECT ${rowColumns} FROM entries WHERE kind = ? AND key > ? AND ${alive} ORDER BY key LIMIT ?`);
  const byIndex = Object.fromEntries(
    indexNames.map((name) => [
      name,
      database.prepare(`SELECT ${rowColumns} FROM entries WHERE ${name} = ? AND kind = ? AND key > ? AND ${alive} ORDER BY key LIMIT ?`),
    ]),
  ) as Record<Index, StatementSync>;

  return {
    get<V>(kind: Kind, key: string): Row<V> | undefined {
      const columns = byKey.get(kind, key, now()) as Columns | undefined;
      return columns && decodeRow<V>(columns);
    },

    /** In the order of the keys: rows that are added meanwhile never push others onto a page twice, or off every page. */
    list<V>(kind: Kind, where: Where, { limit, after = '' }: Page): { rows: KeyedRow<V>[]; next?: string } {
      const found = (
        where === 'all' ? ofKind.all(kind, after, now(), limit + 1) : byIndex[where.index].all(where.value, kind, after, now(), limit + 1)
      ) as Columns[];
      const rows = found.slice(0, limit).map((columns) => ({ key: columns.key, ...decodeRow<V>(columns) }));
      return found.length > limit ? { rows, next: rows.at(-1)?.key } : { rows };
    },
  };
}
