// What the MongoDB driver promises beyond the contract: durability that no URL takes away, one winner for an expired row, and a shared clock.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { openMongo, type MongoHome } from '../../src/storage/mongo/open.ts';
import { describeOnMongod, settingsOf, startMongod } from '../helpers/mongod.ts';

type Command = { name: string; command: mongoose.mongo.BSON.Document };

describeOnMongod('MongoDB', (server) => {
  describe('whatever its URL says', () => {
    const commands: Command[] = [];
    let home: MongoHome;

    beforeAll(async () => {
      const { url, ...settings } = settingsOf(server.mongod, 'durable');
      const careless = 'w=1&journal=false&readPreference=secondaryPreferred&readConcernLevel=local&retryWrites=false&monitorCommands=true';
      home = await openMongo({ ...settings, url: `${url}&${careless}` }, Date.now);
      mongoose.connections
        .at(-1)!
        .getClient()
        .on('commandStarted', ({ commandName, command }) => commands.push({ name: commandName, command }));
    });
    afterAll(() => home.close());

    it('reads from the primary what a majority has', async () => {
      commands.length = 0;
      await home.records.get('thing', 'a');
      await home.records.list('thing', 'all', { limit: 1 });
      await home.records.list('thing', { index: 'account', value: 'a' }, { limit: 1 });
      expect(commands.map(({ name }) => name)).toEqual(['find', 'find', 'find']);
      expect(commands.filter(({ command }) => command.readConcern?.level !== 'majority')).toEqual([]);
      expect(commands.filter(({ command }) => (command.$readPreference?.mode ?? 'primary') !== 'primary')).toEqual([]);
    });

    it('writes into the journals of a majority, with one command that the server would recognise if it came twice', async () => {
      commands.length = 0;
      const { records } = home;
      await records.insert('thing', 'a', 1);
      await records.insert('thing', 'a', 1);
      await records.put('thing', 'a', 1);
      await records.replace('thing', 'a', 1, 2);
      await records.mark('thing', 'a');
      await records.bump('thing', 'n', 1);
      await records.remove('thing', 'a');
      const [update, modify] = ['update', 'findAndModify'];
      expect(commands.map(({ name }) => name)).toEqual([update, update, update, update, modify, modify, 'delete']);
      for (const { command } of commands) {
        expect(command.writeConcern).toMatchObject({ w: 'majority', j: true, wtimeout: 2000 });
        expect(command.txnNumber).toBeDefined();
        expect(command.maxTimeMS).toBe(2000);
      }
    });

    it('removes by index in the journals of a majority, too', async () => {
      commands.length = 0;
      await home.records.removeAll('thing', 'account', 'a');
      expect(commands.map(({ command }) => command.writeConcern)).toMatchObject([{ w: 'majority', j: true }]);
    });
  });

  it('gives an expired row to one of fifty who insert its key', async () => {
    const home = await openMongo(settingsOf(server.mongod, 'expired'), Date.now);
    await home.records.put('thing', 'a', 'old', { expiresAt: Date.now() - 1000 });
    const won = await Promise.all(Array.from({ length: 50 }, (_, i) => home.records.insert('thing', 'a', i)));
    expect(won.filter(Boolean).length).toBe(1);
    expect(await home.records.get('thing', 'a')).toEqual({ value: won.indexOf(true), version: 1, indexes: {} });
    await home.close();
  });

  it('lets three nodes start at once on an empty database', async () => {
    const homes = await Promise.all([1, 2, 3].map(() => openMongo(settingsOf(server.mongod, 'empty'), Date.now)));
    expect(await Promise.all(homes.map((home) => home.records.insert('thing', 'a', 1)))).toContain(true);
    await Promise.all(homes.map((home) => home.close()));
  });

  it('that stands alone is refused: it would not recognise a command that comes twice', async () => {
    const standalone = await startMongod({ alone: true });
    const opening = openMongo(settingsOf(standalone, 'alone'), Date.now);
    await expect(opening).rejects.toThrow("MongoDB can't be used: it must run as a replica set (one member will do)");
    await standalone.close();
  }, 60_000);

  it('refuses a kind that could be taken for the beginning of another', async () => {
    const home = await openMongo(settingsOf(server.mongod, 'kinds'), Date.now);
    await expect(home.records.put('a:b', 'c', 1)).rejects.toThrow(TypeError);
    await expect(home.records.list('a:b', { index: 'uid', value: 'c' }, { limit: 1 })).rejects.toThrow(TypeError);
    await home.close();
  });

  describe('whose clock is not this node’s', () => {
    let ahead = 0;
    let home: MongoHome;
    beforeAll(async () => {
      home = await openMongo(settingsOf(server.mongod, 'clock'), () => Date.now() + ahead);
    });
    afterAll(() => home.close());

    it.each([0, 4000, -4000])('is ready with a difference of %i ms', async (milliseconds) => {
      ahead = milliseconds;
      await expect(home.check()).resolves.toBeUndefined();
    });

    it.each([
      [7000, /^MongoDB can't be used: this node's clock is (6\.9|7\.0) s ahead of its clock, more than 5 s$/],
      [-7000, /^MongoDB can't be used: this node's clock is (6\.9|7\.0) s behind its clock, more than 5 s$/],
    ])('is not ready with a difference of %i ms, and says so', async (milliseconds, words) => {
      ahead = milliseconds;
      await expect(home.check()).rejects.toThrow(words);
    });

    it('sweeps a bounded number of rows that are over by both clocks, and none that only this node thinks over', async () => {
      ahead = 0;
      const past = Date.now() - 1;
      for (let i = 0; i < 25; i += 1) await home.records.put('thing', `past${i}`, i, { expiresAt: past });
      await home.records.put('thing', 'coming', 1, { expiresAt: Date.now() + 3_600_000 });
      ahead = 86_400_000;
      expect(await home.records.sweep(10)).toBe(10);
      expect(await home.records.sweep(20)).toBe(15);
      expect(await home.records.sweep(10)).toBe(0);
      ahead = 0;
      expect((await home.records.get('thing', 'coming'))?.value).toBe(1);
    });
  });
});
