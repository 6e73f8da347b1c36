// Durable truth: no answer before the commit that it rests on is on the disk, and one wait for all that came before it.
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AppError } from '../../src/errors.ts';
import { type Batches, openBatches } from '../../src/storage/sqlite/batches.ts';
import { openLogSync } from '../../src/storage/sqlite/log-sync.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { makeFolder } from './folder.ts';

const pathTo = makeFolder();
let opened = 0;
let path: string;
let database: DatabaseSync;
let batches: Batches;
/** Waits of the disk that the test ends, oldest first. */
let disk: PromiseWithResolvers<void>[];

beforeEach(() => {
  opened += 1;
  path = pathTo(`${opened}.db`);
  database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (id INTEGER PRIMARY KEY)');
  disk = [];
  const sync = () => {
    const wait = Promise.withResolvers<void>();
    disk.push(wait);
    return wait.promise;
  };
  batches = openBatches(database, { log: { sync, close: async () => {} } });
});
afterEach(async () => {
  for (const wait of disk) wait.resolve();
  await batches.close();
});

const insert = (id: number) => batches.write(() => database.prepare('INSERT INTO rows VALUES (?)').run(id).changes);
const count = () => batches.read(() => Number(database.prepare('SELECT count(*) AS n FROM rows').get()?.n));

/** Ends when that many commits wait for the disk. */
async function committed(commits: number): Promise<void> {
  while (disk.length < commits) await sleep(1);
}

/** 'waiting' while the promise has no answer. */
const stateOf = (promise: Promise<unknown>) => Promise.race([promise.then(() => 'answered'), sleep(30, 'waiting')]);

test('neither a write nor a read that may have seen it is answered before the disk is', async () => {
  const write = insert(1);
  await committed(1);
  const read = count();
  expect([await stateOf(write), await stateOf(read)]).toEqual(['waiting', 'waiting']);
  disk[0]?.resolve();
  expect([await write, await read]).toEqual([1, 1]);
});

test('a read that no commit is on its way for is answered at once', async () => {
  expect(await stateOf(count())).toBe('answered');
  expect(disk).toHaveLength(0);
});

test('a disk that fails fails the write as unavailable, and the store goes on', async () => {
  const write = insert(1);
  const failure = write.catch((error: unknown) => error);
  await committed(1);
  disk[0]?.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
  expect(await failure).toBeInstanceOf(AppError);
  const next = insert(2);
  await committed(2);
  disk[1]?.resolve();
  expect(await next).toBe(1);
});

test('the real log: of a hundred waits at once, all end, whatever was committed meanwhile', async () => {
  const log = openLogSync(path);
  const waits = Array.from({ length: 100 }, () => log.sync());
  expect(await Promise.all(waits)).toHaveLength(100);
  await log.close();
});

test('the log is moved into the file before it is far beyond its 32 MB, however much is written', async () => {
  const file = pathTo('log.db');
  const storage = openSqlite(file, Date.now);
  const write = (batch: number) =>
    Promise.all(Array.from({ length: 100 }, (_, nth) => storage.records.put('thing', `${batch} ${nth}`, 'x'.repeat(16_000))));
  for (let batch = 0; batch < 50; batch += 1) await write(batch);
  const megabytes = (name: string) => statSync(name).size / 1024 ** 2;
  expect(megabytes(file)).toBeGreaterThan(30);
  expect(megabytes(`${file}-wal`)).toBeLessThan(40);
  await storage.close();
}, 60_000);
