// Reads that are asked for at once are one command, and each caller gets its own rows, or hears that there is none.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type mongoose from 'mongoose';
import { openMongo, type MongoHome } from '../../src/storage/mongo/open.ts';
import { describeOnMongod, settingsOf } from '../helpers/mongod.ts';

const name = 'gathering';

describeOnMongod('reads of one turn', (server) => {
  let home: MongoHome;
  let database: mongoose.mongo.Db;

  beforeAll(async () => {
    home = await openMongo(settingsOf(server.mongod, name), Date.now);
    database = server.mongod.client.db(name);
    for (const key of ['a', 'b', 'c']) await home.records.put('thing', key, key);
    await home.records.put('thing', 'expired', 'expired', { expiresAt: Date.now() - 1 });
    await home.records.put('other', 'a', 'other a');
  }, 60_000);
  afterAll(() => home.close());
  beforeEach(async () => {
    await database.command({ profile: 0 });
    await database.dropCollection('system.profile');
    await database.command({ profile: 2 });
  });

  const get = async (kind: string, key: string) => (await home.records.get(kind, key))?.value;
  const countReads = () => database.collection('system.profile').countDocuments({ ns: `${name}.records`, op: 'query' });

  it('are one command, and each finds its own', async () => {
    const asked = [
      get('thing', 'a'),
      get('other', 'a'),
      get('thing', 'c'),
      get('thing', 'none'),
      get('thing', 'expired'),
      get('thing', 'a'),
    ];
    expect(await Promise.all(asked)).toEqual(['a', 'other a', 'c', undefined, undefined, 'a']);
    expect(await countReads()).toBe(1);
  });

  it('by a value that is a row’s own are one command, too, and each finds its own', async () => {
    const page = { limit: 1 };
    const soon = { expiresAt: Date.now() + 3_600_000 };
    await home.records.put('thing', 'mine', 1, { indexes: { uid: 'mine' }, ...soon });
    for (const key of ['twin b', 'twin a']) await home.records.put('thing', key, key, { indexes: { uid: 'twins' }, ...soon });
    await home.records.put('thing', 'past', 1, { indexes: { uid: 'past' }, expiresAt: Date.now() - 1 });
    await home.records.put('other', 'mine', 1, { indexes: { uid: 'elsewhere' }, ...soon });
    const list = async (value: string) => {
      const { rows, next } = await home.records.list('thing', { index: 'uid', value }, page);
      return [rows.map(({ key }) => key), next];
    };
    expect(await Promise.all(['mine', 'twins', 'past', 'elsewhere', 'none', 'mine'].map(list))).toEqual([
      [['mine'], undefined],
      [['twin a'], 'twin a'],
      [[], undefined],
      [[], undefined],
      [[], undefined],
      [['mine'], undefined],
    ]);
    expect(await countReads()).toBe(1);
  });

  it('see what was acknowledged before they were asked for', async () => {
    for (let round = 0; round < 20; round += 1) {
      const reading = get('thing', 'b');
      await home.records.put('thing', 'a', round);
      expect(await Promise.all([get('thing', 'a'), get('thing', 'c'), reading])).toEqual([round, 'c', 'b']);
    }
  });
});
