// The reads of the table of rows, shared by both homes: by key, and page by page.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Index, KeyedRow, Kind, Page, Row } from '../port.ts';
import { alive, type Cells, decodeRow, rowColumns } from './columns.ts';
import type { Rows } from './writing.ts';

export type Where = { index: Index; value: string } | 'all';

export function openListing({ database, now }: Pick<Rows, 'database' | 'now'>) {
  const lists = new Map<string, StatementSync>();

  /** With the limit in its text: SQLite would plan a statement anew each time that a limit is bound to it. */
  function prepareList(where: string, limit: number): StatementSync {
    const sql = `SELECT ${rowColumns} FROM entries WHERE ${where} kind = ? AND key > ? AND ${alive} ORDER BY key LIMIT ${limit}`;
    const statement = lists.get(sql) ?? prepare(database, sql);
    lists.set(sql, statement);
    return statement;
  }

  /** In the order of the keys: rows that are added meanwhile never push others onto a page twice, or off every page. */
  return function list<V>(kind: Kind, where: Where, { limit, after = '' }: Page): { rows: KeyedRow<V>[]; next?: string } {
    const found = (where === 'all'
      ? prepareList('', limit + 1).all(kind, after, now())
      : prepareList(`${where.index} = ? AND`, limit + 1).all(where.value, kind, after, now())) as unknown as Cells[];
    const rows = found.slice(0, limit).map((cells) => ({ key: cells[0], ...decodeRow<V>(cells) }));
    return found.length > limit ? { rows, next: rows.at(-1)?.key } : { rows };
  };
}

export function openReading({ database, now, recent }: Rows) {
  const byKey = prepare(database, `SELECT ${rowColumns} FROM entries WHERE kind = ? AND key = ? AND ${alive}`);

  return {
    get<V>(kind: Kind, key: string): Row<V> | undefined {
      const time = now();
      const known = recent.get(kind, key) as Row<V> | undefined;
      if (known) return known.expiresAt === undefined || known.expiresAt > time ? known : undefined;
      const cells = byKey.get(kind, key, time) as Cells | undefined;
      if (!cells) return undefined;
      const row = decodeRow<V>(cells);
      recent.keep(kind, key, row);
      return row;
    },
    list: openListing({ database, now }),
  };
}

function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}
