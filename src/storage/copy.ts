// Copies durable truth from one store into another and loses nothing: the copy only ever adds rows that are missing, never touches one
// that is there, and is done when both stores, read side by side, say the same. A copy that was cut off is begun again, and goes on.
import { isDeepStrictEqual } from 'node:util';
import type { KeyedRow, Kind, Movable } from './port.ts';

export type Copying = {
  from: Movable;
  to: Movable;
  now: () => number;
  /** Told after each batch, and at the end of each kind. */
  onProgress?(progress: Progress): void;
  stop?: AbortSignal;
};

export type Progress = { step: 'check' | 'copy' | 'compare'; kind: Kind; rows: number; of: number };

/** Rows that are in both stores now, and how many of them this run wrote. */
export type Copied = { kinds: Record<Kind, number>; written: number };

/** Expected: the operator is told why the copy was refused, or can't be vouched for. */
export class CopyError extends Error {}

/** What is wrong with a row: it is not in the copy, the copy has one of its own, or another one. */
type Difference = { what: 'missing'; row: KeyedRow } | { what: 'foreign' | 'other'; row: KeyedRow };

/** Lies in a destination from the first row on until all is there and was compared: no server starts on a part of the truth. */
export const unfinished = { kind: 'copy', key: 'unfinished' } as const;

/** Rows of one read, and of one write. */
const batch = 500;

/** @throws {CopyError} when `to` holds anything that is not in `from` (nothing was written), was written to meanwhile, or differs in the end */
export async function copyRecords(copying: Copying): Promise<Copied> {
  const { from, to, now } = copying;
  const kinds = (await from.kinds()).toSorted();
  if (kinds.includes(unfinished.kind)) throw new CopyError('The source is itself a copy that was not finished.');
  await checkDestination(copying, kinds);
  const { kind: marked, key } = unfinished;
  if ((await to.count(marked, now())) === 0) await to.load(marked, [{ key, value: null, version: 1, indexes: {} }]);
  const copied: Copied = { kinds: {}, written: 0 };
  for (const kind of kinds) copied.written += await copyKind(copying, kind);
  for (const kind of kinds) await compareKind(copying, kind);
  for (const kind of kinds) {
    // Rows that live at this moment are in no clean-up's way yet.
    const time = now();
    const [here, there] = await Promise.all([from.count(kind, time), to.count(kind, time)]);
    if (here !== there) throw new CopyError(`The copy is not complete: ${kind} has ${here} rows in the source and ${there} in the copy.`);
    copied.kinds[kind] = there;
  }
  await to.remove(marked, key);
  return copied;
}

/** Empty, or a part of the same source: nothing else may be there, or two stores would be mixed. */
async function checkDestination(copying: Copying, kinds: readonly Kind[]): Promise<void> {
  const { to, now } = copying;
  for (const kind of await to.kinds()) {
    if (kind === unfinished.kind) continue;
    if (!kinds.includes(kind) && (await to.count(kind, now())) > 0) throw refuse(kind);
    for await (const { what } of diff(copying, kind, 'check')) if (what !== 'missing') throw refuse(kind);
  }
}

function refuse(kind: Kind): CopyError {
  return new CopyError(`The destination is neither empty nor a part of this source (rows of kind ${kind}). Nothing was written.`);
}

async function copyKind(copying: Copying, kind: Kind): Promise<number> {
  let written = 0;
  let rows: KeyedRow[] = [];
  async function write() {
    await copying.to.load(kind, rows);
    written += rows.length;
    rows = [];
  }
  for await (const { what, row } of diff(copying, kind, 'copy')) {
    if (what !== 'missing') throw new CopyError(`Somebody else writes to the destination (rows of kind ${kind}).`);
    if (rows.push(row) === batch) await write();
  }
  await write();
  return written;
}

async function compareKind(copying: Copying, kind: Kind): Promise<void> {
  for await (const { what } of diff(copying, kind, 'compare')) {
    const words = { missing: 'misses a row', foreign: 'has a row too many', other: 'differs' }[what];
    throw new CopyError(`The copy ${words} (kind ${kind}): somebody wrote to one of the stores meanwhile.`);
  }
}

/** Reads both stores side by side, in the order of the keys. What has expired by now is no difference: it may be cleaned up any time. */
async function* diff({ from, to, now, onProgress, stop }: Copying, kind: Kind, step: Progress['step']): AsyncGenerator<Difference> {
  const of = await from.count(kind, now());
  const [nextRow, nextCopy] = [openCursor(from, kind), openCursor(to, kind)];
  let [row, copy] = await Promise.all([nextRow(), nextCopy()]);
  let rows = 0;
  const lives = ({ expiresAt }: KeyedRow) => expiresAt === undefined || expiresAt > now();

  while (row ?? copy) {
    const order = compareKeys(row, copy);
    if (order === 0 && !isDeepStrictEqual(row, copy)) yield { what: 'other', row: row! };
    if (order < 0 && lives(row!)) yield { what: 'missing', row: row! };
    if (order > 0 && lives(copy!)) yield { what: 'foreign', row: copy! };
    if (order <= 0) {
      rows += 1;
      if (rows % batch === 0) onProgress?.({ step, kind, rows, of });
      if (stop?.aborted) throw new CopyError('Stopped. The same command goes on where it was.');
      row = await nextRow();
    }
    if (order >= 0) copy = await nextCopy();
  }
  onProgress?.({ step, kind, rows, of });
}

/** Below 0: the first one comes first. A store that is used up comes last. */
function compareKeys(row: KeyedRow | undefined, copy: KeyedRow | undefined): number {
  if (!row || !copy) return row ? -1 : 1;
  return Buffer.compare(Buffer.from(row.key), Buffer.from(copy.key));
}

/** Answers row after row; undefined after the last. */
function openCursor(store: Movable, kind: Kind): () => Promise<KeyedRow | undefined> {
  let page: { rows: KeyedRow[]; next?: string } | undefined;
  let at = 0;
  return async () => {
    if (!page || (at >= page.rows.length && page.next !== undefined)) {
      page = await store.read(kind, { limit: batch, after: page?.next });
      at = 0;
    }
    at += 1;
    return page.rows[at - 1];
  };
}
