// Both durable stores can be moved, and SQLite knows when somebody else has the file open.
import { expect, it } from '@jest/globals';
import { mongo } from '../../src/config/schema/storage.ts';
import { openMongo } from '../../src/storage/mongo/open.ts';
import { openStorage } from '../../src/storage/open.ts';
import { openMovable } from '../../src/storage/upkeep.ts';
import { describeOnMongod, settingsOf } from '../helpers/mongod.ts';
import { makeFolder } from './folder.ts';
import { describeMoving } from './laws/moving.ts';

const pathTo = makeFolder();
const defaults = mongo.parse({});
let opened = 0;

describeMoving('SQLite', () => {
  opened += 1;
  const databaseUrl = `sqlite:${pathTo(`${opened}.db`)}`;
  return {
    openRecords: (now) => openStorage({ databaseUrl, sweepSeconds: 60 }, now),
    openMovable: (now) => openMovable({ databaseUrl, mongo: defaults }, now, false),
  };
});

describeOnMongod('a real mongod', (server) => {
  describeMoving('MongoDB', () => {
    opened += 1;
    const settings = settingsOf(server.mongod, `moving${opened}`);
    return {
      openRecords: (now) => openMongo(settings, now),
      openMovable: (now) => openMovable({ databaseUrl: settings.url, mongo: defaults }, now, false),
    };
  });
});

it('a file that serves is not moved, and one that is moved does not serve', async () => {
  const databaseUrl = `sqlite:${pathTo('shared.db')}`;
  const move = () => openMovable({ databaseUrl, mongo: defaults }, Date.now, true);
  const serving = await openStorage({ databaseUrl, sweepSeconds: 60 }, Date.now);
  await serving.records.put('thing', 'a', 1);
  await expect(move()).rejects.toThrow(/is open in another process/);
  await serving.close();

  const moving = await move();
  await expect(move()).rejects.toThrow(/is open in another process/);
  await expect(openStorage({ databaseUrl, sweepSeconds: 60 }, Date.now)).rejects.toThrow(/locked/);
  expect((await moving.read('thing', { limit: 9 })).rows).toHaveLength(1);
  await moving.close();
});

it('a source that is not there is not made', async () => {
  const open = (databaseUrl: string) => openMovable({ databaseUrl, mongo: defaults }, Date.now, true);
  await expect(open(`sqlite:${pathTo('nowhere.db')}`)).rejects.toThrow(/There is no file .*nowhere\.db/);
  await expect(open(`sqlite:${pathTo('.')}`)).rejects.toThrow(/There is no file/);
  await expect(open('sqlite::memory:')).rejects.toThrow(/memory/);
  await expect(open('postgres://user:hunter2@host')).rejects.not.toThrow('hunter2');
});
