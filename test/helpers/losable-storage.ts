// A store whose expiring data can be lost while the program runs, as when somebody empties Redis.
import { openStorage } from '../../src/storage/open.ts';
import type { Expiring, Storage } from '../../src/storage/port.ts';

const open = () => openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 60 }, () => Date.now());

export async function openLosableStorage() {
  const durable = await open();
  let home = await open();
  const expiring = new Proxy({} as Expiring, { get: (_, operation) => Reflect.get(home.expiring, operation) as unknown });
  const storage: Storage = {
    ...durable,
    expiring,
    async close() {
      await Promise.all([durable.close(), home.close()]);
    },
  };
  return {
    storage,
    async loseExpiring() {
      const lost = home;
      home = await open();
      await lost.close();
    },
  };
}
