// How a row lies in Redis: one string, so that a read is one GET. A head of fixed width, which scripts read and change in place
// (version, mark, expiry), the indexes as JSON, a line break (JSON has none inside), the value as JSON.
import type { Indexes, Row } from '../port.ts';

const versionWidth = 10;
const timeWidth = 15;
const unmarked = '-'.repeat(timeWidth);
const headWidth = versionWidth + 2 * timeWidth;

/** Redis forgets a row this much later than it expires (ms): a node whose clock is behind must not see it vanish early. */
export const grace = 30_000;

export function encodeValue(value: unknown): string {
  // JSON has no `undefined`; a row that is only there to be there may be written with it.
  return JSON.stringify(value) ?? 'null';
}

/** Empty for no index at all, as most rows have. */
export function encodeIndexes(indexes: Indexes | undefined): string {
  const text = indexes ? JSON.stringify(indexes) : '';
  return text === '{}' ? '' : text;
}

export function encodeTime(milliseconds: number): string {
  return String(Math.min(Math.max(0, Math.ceil(milliseconds)), 10 ** timeWidth - 1)).padStart(timeWidth, '0');
}

export function decodeRow<V>(text: string): Row<V> {
  const end = text.indexOf('\n', headWidth);
  const markedAt = text.slice(versionWidth, versionWidth + timeWidth);
  return {
    value: JSON.parse(text.slice(end + 1)) as V,
    version: Number(text.slice(0, versionWidth)),
    indexes: decodeIndexes(text.slice(headWidth, end)),
    markedAt: markedAt === unmarked ? undefined : Number(markedAt),
    expiresAt: Number(text.slice(versionWidth + timeWidth, headWidth)),
  };
}

export function decodeIndexes(text: string): Indexes {
  return text === '' ? {} : (JSON.parse(text) as Indexes);
}

/** The same in Lua, where strings start at 1. */
export const lua = {
  unmarked: `'${unmarked}'`,
  head: `redis.call('GETRANGE', KEYS[1], 0, ${headWidth - 1})`,
  versionOf: (row: string) => `tonumber(string.sub(${row}, 1, ${versionWidth}))`,
  markOf: (row: string) => `string.sub(${row}, ${versionWidth + 1}, ${versionWidth + timeWidth})`,
  expiryOf: (row: string) => `tonumber(string.sub(${row}, ${versionWidth + timeWidth + 1}, ${headWidth}))`,
  indexesOf: (row: string) => `string.sub(${row}, ${headWidth + 1}, string.find(${row}, '\\n', ${headWidth + 1}, true) - 1)`,
  version: (number: string) => `string.format('%0${versionWidth}d', ${number})`,
  markOffset: versionWidth,
};
