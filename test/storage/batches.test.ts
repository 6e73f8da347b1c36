// Group commit: one transaction for what some turns of the event loop ask for, and no answer before its commit.
import { once } from 'node:events';
import { stat } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../src/errors.ts';
import { openBatches, type Batches } from '../../src/storage/sqlite/batches.ts';
import { makeFolder } from './folder.ts';

const pathTo = makeFolder();
let opened = 0;
let database: DatabaseSync;
let witness: DatabaseSync;
let batches: Batches;

beforeEach(() => {
  opened += 1;
  const path = pathTo(`${opened}.db`);
  database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
    CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE rows (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)`);
  witness = new DatabaseSync(path, { timeout: 50 });
  batches = openBatches(database);
});
afterEach(async () => {
  await batches.close();
  witness.close();
});

const count = (seenBy: DatabaseSync) => Number(seenBy.prepare('SELECT count(*) AS n FROM rows').get()?.n);
const insert = (id: number) => database.prepare('INSERT INTO rows (id) VALUES (?)').run(id).changes;
/** Breaks a promise that is checked at the commit only. */
const insertOrphan = () => database.prepare('INSERT INTO rows (id, parent) VALUES (99, 99)').run();

describe('a batch', () => {
  it('takes in what is asked for within some turns of the event loop, and shows none of it to anybody before all is committed', async () => {
    const first = batches.write(() => insert(1));
    await new Promise(setImmediate);
    const others = [2, 3].map((id) => batches.write(() => insert(id)));
    expect([count(database), count(witness)]).toEqual([0, 0]);
    await first;
    expect(count(witness)).toBe(3);
    expect(await Promise.all(others)).toEqual([1, 1]);
  });

  it('keeps other writers out while it runs, and at no other time: what a write decides upon stays true', async () => {
    const attempt = () => witness.exec('BEGIN IMMEDIATE');
    const write = batches.write(() => {
      expect(attempt).toThrow('database is locked');
      return count(database);
    });
    attempt();
    witness.exec('INSERT INTO rows (id) VALUES (7); COMMIT');
    expect(await write).toBe(1);
  });

  it('keeps back a read that saw what is not on the disk yet', async () => {
    const disk = Promise.withResolvers<void>();
    const slow = openBatches(database, { log: { sync: () => disk.promise, close: async () => undefined } });
    const answered: string[] = [];
    const write = slow.write(() => insert(1)).then(() => answered.push('write'));
    while (count(witness) === 0) await new Promise(setImmediate);
    const read = slow.read(() => count(database)).then((seen) => answered.push(`read ${seen}`));
    await new Promise(setImmediate);
    expect(answered).toEqual([]);
    disk.resolve();
    await Promise.all([write, read]);
    expect(answered.toSorted()).toEqual(['read 1', 'write']);
  });

  it('rejects its writes, and reads that have seen them, when the disk fails', async () => {
    const disk = Promise.withResolvers<void>();
    const broken = openBatches(database, { log: { sync: () => disk.promise, close: async () => undefined } });
    const write = broken.write(() => insert(1));
    while (count(witness) === 0) await new Promise(setImmediate);
    const read = broken.read(() => count(database));
    disk.reject(new Error('EIO'));
    const answers = await Promise.allSettled([write, read]);
    expect(answers.map((answer) => 'reason' in answer && answer.reason)).toEqual([
      new AppError('unavailable'),
      new AppError('unavailable'),
    ]);
  });

  it('that the disk did not take fails a check until the disk takes a write again', async () => {
    let full = true;
    const sync = () => (full ? Promise.reject(new Error('ENOSPC')) : Promise.resolve());
    const disk = openBatches(database, { log: { sync, close: async () => undefined } });
    await disk.check();
    await expect(disk.write(() => insert(1))).rejects.toEqual(new AppError('unavailable'));
    await expect(disk.check()).rejects.toThrow('SQLite does not answer: ENOSPC');
    full = false;
    await disk.check();
  });

  it('is not begun by a read: nobody who writes waits for it', async () => {
    const read = batches.read(() => count(database));
    witness.exec('BEGIN IMMEDIATE; INSERT INTO rows (id) VALUES (7); COMMIT');
    expect(await read).toBe(0);
  });

  it('rejects every write if its commit fails; the next batch is whole again', async () => {
    const answers = await Promise.allSettled([batches.write(() => insert(1)), batches.write(insertOrphan)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([count(database), database.isTransaction]).toEqual([0, false]);
    expect(await batches.write(() => insert(2))).toBe(1);
    expect(count(witness)).toBe(1);
  });

  it('rejects every answer if SQLite rolls it back on its own', async () => {
    const first = batches.write(() => insert(1));
    const fault = batches.write(() => database.exec('INSERT OR ROLLBACK INTO rows (id) VALUES (1)'));
    const answers = await Promise.allSettled([first, fault]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await batches.write(() => insert(2));
    expect(
      witness
        .prepare('SELECT id FROM rows')
        .all()
        .map(({ id }) => id),
    ).toEqual([2]);
  });

  it('lets a statement fail alone', async () => {
    const answers = await Promise.allSettled([1, 1, 2].map((id) => batches.write(() => insert(id))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(count(witness)).toBe(2);
  });

  it('undoes all statements of a write that failed half-way, and those alone', async () => {
    const before = batches.write(() => insert(1));
    const halfway = batches.writeWhole(() => [2, 3, 1].map(insert));
    const after = batches.writeWhole(() => [4, 5].map(insert));
    const answers = await Promise.allSettled([before, halfway, after]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(
      witness
        .prepare('SELECT id FROM rows')
        .all()
        .map(({ id }) => id),
    ).toEqual([1, 4, 5]);
  });

  it('says unavailable when another process keeps the lock, and when the disk is full', async () => {
    witness.exec('BEGIN IMMEDIATE');
    database.exec('PRAGMA busy_timeout = 10');
    await expect(batches.write(() => insert(1))).rejects.toEqual(new AppError('unavailable'));
    witness.exec('ROLLBACK');
    database.exec('PRAGMA max_page_count = 1');
    const fill = () => database.exec('CREATE TABLE more (id INTEGER PRIMARY KEY)');
    await expect(batches.write(fill)).rejects.toEqual(new AppError('unavailable'));
    expect(await batches.write(() => insert(1))).toBe(1);
  });

  it('is committed by close; later operations are unavailable', async () => {
    const write = batches.write(() => insert(1));
    await batches.close();
    expect(await write).toBe(1);
    expect(count(witness)).toBe(1);
    await expect(batches.read(() => 1)).rejects.toEqual(new AppError('unavailable'));
    await expect(batches.check()).rejects.toThrow('closed');
  });
});

/** As a request does: the loop finds it the next time it looks. */
const whenComesIn = <T>(answer: () => Promise<T>) => new Promise<T>((resolve) => stat(process.execPath, () => resolve(answer())));
/** @returns connections; `onAsked` is called for each when it has written something */
async function connectCrowd(size: number, onAsked: () => void): Promise<Socket[]> {
  const accepted = Promise.withResolvers<void>();
  let present = 0;
  const server = createServer((socket) => {
    socket.once('data', onAsked).on('error', () => undefined);
    present += 1;
    if (present === size) accepted.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const visitors: Socket[] = [];
  while (visitors.length < size) {
    const visitor = connect(port, '127.0.0.1');
    await once(visitor, 'connect');
    visitors.push(visitor);
  }
  await accepted.promise;
  server.close();
  return visitors;
}

/** Until what was asked of the system has surely come. */
function stayBusy(): void {
  const until = performance.now() + 50;
  while (performance.now() < until);
}

describe('reads of one turn of the event loop', () => {
  const read = () => batches.read(() => count(database));
  const insertElsewhere = (id: number) => witness.exec(`INSERT INTO rows (id) VALUES (${id})`);

  it('see one state of the file, whatever another process commits meanwhile; the next turn sees that', async () => {
    const before = read();
    insertElsewhere(1);
    const seen = [await before, await read()];
    insertElsewhere(2);
    seen.push(await read());
    expect(seen).toEqual([0, 0, 0]);
    await new Promise(setImmediate);
    expect(await read()).toBe(2);
  });

  it('see it together, whichever of the requests that came in at once they belong to', async () => {
    const seen = [1, 2].map((id) =>
      whenComesIn(() => {
        const answer = read();
        insertElsewhere(id);
        return answer;
      }),
    );
    stayBusy();
    expect(await Promise.all(seen)).toEqual([0, 0]);
  });

  it('see what was committed before a request came in, though the immediates of the turn before have read already', async () => {
    const seen = await new Promise((resolve) => {
      setImmediate(() => {
        void read();
        insertElsewhere(1);
        resolve(whenComesIn(read));
        stayBusy();
      });
    });
    expect(seen).toBe(1);
  });

  it('see what was committed before a request came in, though the loop has found so much that it looks twice in a turn', async () => {
    const crowd = 1500;
    const seen: Promise<number>[] = [];
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const visitors = await connectCrowd(crowd, () => {
      seen.push(read());
      if (seen.length === 1) insertElsewhere(1);
      if (seen.length === crowd) resolve();
    });
    for (const visitor of visitors) visitor.write('x');
    await answered;
    const counts = await Promise.all(seen);
    for (const visitor of visitors) visitor.destroy();
    expect([counts[0], counts[1], counts.at(-1)]).toEqual([0, 0, 1]);
  });

  it('are over before a batch begins, and see what this process has committed', async () => {
    const held = read();
    const write = batches.write(() => insert(1));
    expect([await held, await write, await read()]).toEqual([0, 1, 1]);
  });

  it('end with the store', async () => {
    const last = read();
    await batches.close();
    expect([await last, database.isOpen]).toEqual([0, false]);
    await expect(read()).rejects.toEqual(new AppError('unavailable'));
  });
});
