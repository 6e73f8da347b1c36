// A copy loses nothing: it refuses a destination of others, goes on after a cut, and is believed only when both stores say the same.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mongo } from '../../src/config/schema/storage.ts';
import { copyRecords } from '../../src/storage/copy.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { KeyedRow, Movable } from '../../src/storage/port.ts';
import { openMovable } from '../../src/storage/upkeep.ts';
import { startClock } from './clock.ts';
import { makeFolder } from './folder.ts';

const pathTo = makeFolder();
const clock = startClock();
const { now } = clock;
let opened = 0;
let from: Movable;
let to: Movable;

const open = () => openMovable({ databaseUrl: `sqlite:${pathTo(`${(opened += 1)}.db`)}`, mongo: mongo.parse({}) }, now, false);
const toRow = (key: string, more: Partial<KeyedRow> = {}): KeyedRow => ({ key, value: `of ${key}`, version: 3, indexes: {}, ...more });
const rows = Array.from({ length: 1200 }, (_, i) => toRow(`key${i}`, i % 3 ? {} : { markedAt: now(), indexes: { account: `a${i}` } }));

beforeEach(async () => {
  [from, to] = await Promise.all([open(), open()]);
  await from.load('address', rows);
  await from.load('sign-in', [toRow('only')]);
  await from.load('failures', [toRow('count', { value: 3 })]);
});
afterEach(() => Promise.all([from.close(), to.close()]));

const whole = { kinds: { address: 1200, failures: 1, 'sign-in': 1 }, written: 1202 };

it('copies every row of every kind, and a second time nothing', async () => {
  expect(await copyRecords({ from, to, now })).toEqual(whole);
  expect(await copyRecords({ from, to, now })).toEqual({ ...whole, written: 0 });
  expect((await to.read('address', { limit: 9999 })).rows).toEqual((await from.read('address', { limit: 9999 })).rows);
});

it('keeps servers away until it is done', async () => {
  const databaseUrl = `sqlite:${pathTo('half.db')}`;
  const serve = () => openStorage({ databaseUrl, sweepSeconds: 60 }, now);
  const openHalf = () => openMovable({ databaseUrl, mongo: mongo.parse({}) }, now, false);
  let half = await openHalf();
  await expect(copyRecords({ from, to: { ...half, load: failAt('address') }, now })).rejects.toThrow('cut');
  await expect(copyRecords({ from: half, to, now })).rejects.toThrow(/itself a copy/);
  await half.close();
  await expect(serve()).rejects.toThrow(/Run `latchkey migrate` once more/);

  half = await openHalf();
  expect(await copyRecords({ from, to: half, now })).toEqual(whole);
  await half.close();
  const storage = await serve();
  expect(await storage.records.get('failures', 'count')).toMatchObject({ value: 3 });
  await storage.close();

  function failAt(kind: string) {
    return async (given: string, some: readonly KeyedRow[]) => {
      if (given === kind) throw new Error('cut');
      await half.load(given, some);
    };
  }
});

it('goes on where it was cut off', async () => {
  const cut = new AbortController();
  let batches = 0;
  const dying = {
    ...to,
    async load(kind: string, given: readonly KeyedRow[]) {
      await to.load(kind, given);
      if ((batches += 1) === 3) cut.abort();
    },
  };
  await expect(copyRecords({ from, to: dying, now, stop: cut.signal })).rejects.toThrow(/goes on/);
  expect(await to.count('address', now())).toBe(1000);
  expect(await copyRecords({ from, to, now })).toEqual({ ...whole, written: 202 });
});

it.each([
  ['a row that the source has not', 'address', toRow('foreign')],
  ['a kind that the source has not', 'other', toRow('foreign')],
  ['another value under a key', 'address', toRow('key7', { value: 'newer' })],
  ['another version of a row', 'address', toRow('key7', { version: 4 })],
  ['a mark of its own', 'address', toRow('key7', { markedAt: now() })],
])('writes nothing into a destination that holds %s', async (_, kind, row) => {
  await to.load(kind, [row]);
  await expect(copyRecords({ from, to, now })).rejects.toThrow(/neither empty nor a part of this source/);
  expect(await to.kinds()).toEqual([kind]);
  expect(await to.count(kind, now())).toBe(1);
});

it.each(['expired there', 'expired here'])('minds no row that has %s', async (where) => {
  const over = toRow('over', { expiresAt: now() + 1000 });
  await (where === 'expired there' ? to : from).load('address', [over]);
  clock.advance(1000);
  expect(await copyRecords({ from, to, now })).toEqual(whole);
});

it.each([
  ['batches that were lost', { async load() {} }, /misses a row/],
  [
    'a value that was changed on the way',
    {
      load: (kind: string, given: readonly KeyedRow[]) =>
        to.load(
          kind,
          given.map((row) => ({ ...row, version: 1 })),
        ),
    },
    /differs/,
  ],
  ['rows that no page shows', { count: async () => 1203 }, /is not complete/],
])('is not believed with %s', async (_, broken, words) => {
  await expect(copyRecords({ from, to: { ...to, ...broken }, now })).rejects.toThrow(words);
});

it('notices a source that is written to meanwhile', async () => {
  let written = false;
  const served = {
    ...from,
    async read(kind: string, page: { limit: number; after?: string }) {
      const found = await from.read(kind, page);
      if (!written && kind === 'sign-in') {
        written = true;
        await from.load('address', [toRow('late')]);
      }
      return found;
    },
  };
  await expect(copyRecords({ from: served, to, now })).rejects.toThrow(/somebody wrote to one of the stores/);
});
