// What a request foresees is asked for at once, and seen as it was then until the request itself writes it. Nothing of it reaches another
// request, or what goes on after the request.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withForesight } from '../../src/storage/foresight.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Records, Storage } from '../../src/storage/port.ts';
import { countStorage, type Noted } from '../helpers/counted-storage.ts';

let storage: Storage;
let take: () => Noted[];
let inRequest: <T>(work: () => Promise<T>) => Promise<T>;
let records: Records;

beforeEach(async () => {
  const counted = countStorage(await openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 3600 }, Date.now));
  ({ storage, take } = counted);
  const foresight = withForesight({ ...storage, far: true });
  ({ inRequest } = foresight);
  ({ records } = foresight.storage);
  await storage.records.put('thing', 'a', 'old', { indexes: { grant: 'g' } });
  take();
});
afterEach(() => storage.close());

const read = async (key = 'a') => (await records.get('thing', key))?.value;
const foresee = (key = 'a') => records.foresee?.('thing', key);
/** Somebody else's write, of another node. */
const writeElsewhere = (value: unknown, key = 'a') => storage.records.put('thing', key, value);

test('a row that is foreseen is asked for at once, and once', async () => {
  await inRequest(async () => {
    foresee();
    foresee();
    expect(take()).toEqual([{ home: 'records', operation: 'get', what: 'thing' }]);
    expect([await read(), await read()]).toEqual(['old', 'old']);
    expect(take()).toEqual([]);
  });
});

test('also one that is not there', async () => {
  await inRequest(async () => {
    foresee('none');
    take();
    expect(await read('none')).toBeUndefined();
    expect(take()).toEqual([]);
  });
});

test('other rows are read when they are asked for', async () => {
  await writeElsewhere('old', 'b');
  await inRequest(async () => {
    foresee();
    await writeElsewhere('new', 'b');
    expect(await read('b')).toBe('new');
  });
});

describe('a write of the request ends what it has foreseen, whatever comes of it:', () => {
  const writes: [string, () => Promise<unknown>][] = [
    ['put', () => records.put('thing', 'a', 'mine')],
    ['insert', () => records.insert('thing', 'a', 'mine')],
    ['insertInTurn', () => records.insertInTurn([{ kind: 'thing', key: 'a', value: 'mine' }])],
    ['replace of what is not there', () => records.replace('thing', 'a', 'mine', 99)],
    ['mark', () => records.mark('thing', 'a')],
    ['remove', () => records.remove('thing', 'a')],
    ['removeAll', () => records.removeAll('thing', 'grant', 'g')],
    ['bump', () => records.bump('thing', 'a', 0)],
  ];
  test.each(writes)('%s', async (_name, write) => {
    await inRequest(async () => {
      foresee();
      await read();
      await write().catch(() => undefined); // a text can't be added to
      await writeElsewhere('theirs');
      expect(await read()).toBe('theirs');
      foresee(); // nothing to save: it may be on its way to be written again
      await writeElsewhere('theirs again');
      expect(await read()).toBe('theirs again');
    });
  });
});

test('two requests at once see their own', async () => {
  const pause = Promise.withResolvers<void>();
  const earlier = inRequest(async () => {
    foresee();
    await read();
    await pause.promise;
    return read();
  });
  await writeElsewhere('new');
  const later = inRequest(async () => {
    foresee();
    return read();
  });
  expect(await later).toBe('new');
  pause.resolve();
  expect(await earlier).toBe('old');
});

test('what goes on after the request reads by itself', async () => {
  const over = Promise.withResolvers<void>();
  let afterwards: Promise<unknown> | undefined;
  await inRequest(async () => {
    foresee();
    await read();
    afterwards = over.promise.then(async () => {
      foresee();
      await writeElsewhere('newest');
      return read();
    });
  });
  await writeElsewhere('new');
  over.resolve();
  expect(await afterwards).toBe('newest');
});

test('so does what is no request', async () => {
  foresee();
  expect(take()).toEqual([]);
  await writeElsewhere('new');
  expect(await read()).toBe('new');
});

test('a store that does not answer is told to whoever reads the row, and to nobody else', async () => {
  const down = { ...storage.records, get: () => Promise.reject(new Error('down')) };
  const { inRequest: within, storage: far } = withForesight({ ...storage, records: down, far: true });
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', note);
  await within(async () => {
    far.records.foresee?.('thing', 'a');
    far.records.foresee?.('thing', 'b');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(far.records.get('thing', 'a')).rejects.toThrow('down');
  });
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test('what is forgotten is read anew', async () => {
  await inRequest(async () => {
    foresee();
    await read();
    await writeElsewhere('new');
    records.forget?.('thing', 'a');
    expect(await read()).toBe('new');
  });
});

test('a store at hand stays as it is', () => {
  const { storage: same } = withForesight(storage);
  expect(same).toBe(storage);
  expect(same.records.foresee).toBeUndefined();
});
