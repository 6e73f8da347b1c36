// MongoDB keeps the contract of records. The other home is the embedded one here, so that a storage is whole.
import type { Storage } from '../../src/storage/port.ts';
import { openMongo } from '../../src/storage/mongo/open.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { describeOnMongod, settingsOf } from '../helpers/mongod.ts';
import { describeStorage } from './conformance.ts';

describeOnMongod('a real mongod', (server) => {
  let opened = 0;

  describeStorage('MongoDB', async (now): Promise<Storage> => {
    opened += 1;
    const homes = [await openMongo(settingsOf(server.mongod, `conformance${opened}`), now), openSqlite(':memory:', now)] as const;
    return {
      records: homes[0].records,
      expiring: homes[1].expiring,
      async check() {
        await Promise.all(homes.map((home) => home.check()));
      },
      async close() {
        await Promise.all(homes.map((home) => home.close()));
      },
    };
  });
});
