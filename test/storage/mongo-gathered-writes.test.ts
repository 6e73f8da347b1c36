// Writes that share a command: each caller hears how its own ended, and of an end that nobody knows all of them.
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type mongoose from 'mongoose';
import { AppError } from '../../src/errors.ts';
import { openCalls } from '../../src/storage/mongo/calls.ts';
import { openRecords } from '../../src/storage/mongo/records.ts';
import type { RecordDocument } from '../../src/storage/mongo/schema.ts';
import type { Records } from '../../src/storage/port.ts';
import { describeOnMongod } from '../helpers/mongod.ts';

const hour = 3_600_000;
const unavailable = { status: 'rejected', reason: new AppError('unavailable') };
const ended = (value?: boolean) => ({ status: 'fulfilled', value });

describeOnMongod('writes of one turn', (server) => {
  let database: mongoose.mongo.Db;
  let left: number[];
  let commands: number;

  beforeAll(() => {
    database = server.mongod.client.db('gathered');
  });
  beforeEach(async () => {
    left = [];
    const records = openOver({ w: 'majority' });
    await database.dropDatabase();
    await records.insert('thing', 'taken', 'old');
    await records.insert('thing', 'expired', 'old', { expiresAt: Date.now() - 1 });
    commands = await countUpdates();
  });

  /** `left`: milliseconds that each write has, in the order in which they are asked for; an hour when there is none. */
  function openOver(writeConcern: { w: 'majority' | number; wtimeoutMS?: number }): Records {
    const collection = database.collection<RecordDocument>('records', { writeConcern, ignoreUndefined: true });
    const deadlines = { next: () => new Date(Date.now() + (left.shift() ?? hour)), learn: () => undefined };
    return openRecords({ collection, calls: openCalls(60_000), now: Date.now, maxTimeMS: 60_000, deadlines });
  }

  async function countUpdates(): Promise<number> {
    const { metrics } = await server.mongod.client.db('admin').command({ serverStatus: 1 });
    return Number(metrics.commands.update.total);
  }

  const read = async (key: string) => (await openOver({ w: 'majority' }).get('thing', key))?.value;

  it('are one command, in which each succeeds or fails by itself', async () => {
    const records = openOver({ w: 'majority' });
    const asked = [
      records.insert('thing', 'new', 'mine'),
      records.insert('thing', 'taken', 'mine'),
      records.put('thing', 'put', 'mine'),
      records.insert('thing', 'expired', 'mine'),
      records.put('thing', 'taken', 'put'),
    ];
    expect(await Promise.all(asked)).toEqual([true, false, undefined, true, undefined]);
    expect(await countUpdates()).toBe(commands + 1);
    expect(await Promise.all(['new', 'put', 'expired', 'taken'].map(read))).toEqual(['mine', 'mine', 'mine', 'put']);
  });

  it('have one winner where several insert one key', async () => {
    const records = openOver({ w: 'majority' });
    const won = await Promise.all(Array.from({ length: 300 }, (_, i) => records.insert('thing', 'contested', i)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await read('contested')).toBe(won.indexOf(true));
  });

  it('are refused one by one after their deadlines', async () => {
    const records = openOver({ w: 'majority' });
    left = [hour, -1, -1, hour];
    const asked = [
      records.put('thing', 'in time', 'written'),
      records.put('thing', 'late', 'written'),
      records.insert('thing', 'expired', 'written'),
      records.insert('thing', 'taken', 'written'),
    ];
    expect(await Promise.allSettled(asked)).toEqual([ended(), unavailable, unavailable, ended(false)]);
    expect(await countUpdates()).toBe(commands + 1);
    expect(await Promise.all(['in time', 'late', 'expired', 'taken'].map(read))).toEqual(['written', undefined, undefined, 'old']);
  });

  it('that no majority confirms are errors for all, for those whose key was taken, too', async () => {
    const records = openOver({ w: 2, wtimeoutMS: 100 });
    const asked = [records.insert('thing', 'new', 1), records.insert('thing', 'taken', 1), records.put('thing', 'put', 1)];
    expect(await Promise.allSettled(asked)).toEqual([unavailable, unavailable, unavailable]);
  });
});
