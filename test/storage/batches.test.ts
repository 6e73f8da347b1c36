// Group commit: one transaction per event-loop turn, and no answer before its commit.
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
  it('takes in every write of a turn, and shows none of them to others before all are committed', async () => {
    const writes = [1, 2, 3].map((id) => batches.write(() => insert(id)));
    expect([count(database), count(witness)]).toEqual([3, 0]);
    await writes[0];
    expect(count(witness)).toBe(3);
    expect(await Promise.all(writes)).toEqual([1, 1, 1]);
  });

  it('keeps other writers out from its beginning: what a write decides upon stays true', async () => {
    const write = batches.write(() => count(database));
    expect(() => witness.exec('BEGIN IMMEDIATE')).toThrow('database is locked');
    expect(await write).toBe(0);
    witness.exec('BEGIN IMMEDIATE; INSERT INTO rows (id) VALUES (7); COMMIT');
    expect(await batches.read(() => count(database))).toBe(1);
  });

  it('keeps back a read that saw what is not committed yet', async () => {
    const write = batches.write(() => insert(1));
    const seen = await batches.read(() => count(database));
    expect([seen, count(witness)]).toEqual([1, 1]);
    await write;
  });

  it('is not begun by a read', async () => {
    const read = batches.read(() => count(database));
    expect(database.isTransaction).toBe(false);
    expect(await read).toBe(0);
  });

  it('rejects every answer, reads too, if its commit fails; the next batch is whole again', async () => {
    const answers = await Promise.allSettled([
      batches.write(() => insert(1)),
      batches.read(() => count(database)),
      batches.write(insertOrphan),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect([count(database), database.isTransaction]).toEqual([0, false]);
    expect(await batches.write(() => insert(2))).toBe(1);
    expect(count(witness)).toBe(1);
  });

  it('rejects every answer if SQLite rolls it back on its own', async () => {
    const first = batches.write(() => insert(1));
    const fault = batches.write(() => database.exec('INSERT OR ROLLBACK INTO rows (id) VALUES (1)'));
    const later = batches.write(() => insert(2));
    const answers = await Promise.allSettled([first, fault, later]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
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
