// The rows that this process has lately read or written, so that a sign-in's are not asked of SQLite page after page. What is
// remembered is what lies in the file: all of it is forgotten when another connection has written there, or a batch was undone.
import QuickLRU from 'quick-lru';
import type { Kind, Row } from '../port.ts';

export type RecentRows = {
  /** Undefined: not known. What is known may have expired. */
  get(kind: Kind, key: string): Row | undefined;
  /** What was read. */
  keep(kind: Kind, key: string, row: Row): void;
  /** What a write has left; the mark, which it does not know of, is that of the row before it. */
  rewrite(kind: Kind, key: string, row: Omit<Row, 'markedAt'>): void;
  mark(kind: Kind, key: string, markedAt: number): void;
  forget(kind: Kind, key: string): void;
  forgetKind(kind: Kind): void;
  forgetAll(): void;
};

/** Of each kind, twice over, and how long a value may be. Most are a kilobyte: a megabyte for each of the dozen kinds that are in use. */
const remembered = { rows: 512, length: 4096 };

export function createRecentRows(): RecentRows {
  const kinds = new Map<Kind, QuickLRU<string, Row>>();
  const get = (kind: Kind, key: string) => kinds.get(kind)?.get(key);
  const forget = (kind: Kind, key: string) => void kinds.get(kind)?.delete(key);

  function keep(kind: Kind, key: string, row: Row): void {
    // A text is nobody's to change. Anything else is made anew for each reader.
    if (typeof row.value !== 'string' || row.value.length > remembered.length) return forget(kind, key);
    const rows = kinds.get(kind) ?? new QuickLRU({ maxSize: remembered.rows });
    kinds.set(kind, rows.set(key, row));
  }

  return {
    get,
    keep,
    rewrite(kind, key, row) {
      if (row.version === 1) return keep(kind, key, row);
      const before = get(kind, key);
      if (before?.version === row.version - 1) keep(kind, key, { ...row, markedAt: before.markedAt });
      else forget(kind, key);
    },
    mark(kind, key, markedAt) {
      const row = get(kind, key);
      if (row) keep(kind, key, { ...row, markedAt });
    },
    forget,
    forgetKind: (kind) => void kinds.delete(kind),
    forgetAll: () => kinds.clear(),
  };
}
