// A store whose expiring data can be lost while the program runs, as when somebody empties Redis.
import type { Expiring, Storage } from '../../src/storage/port.ts';
import { openTestStorage } from './store.ts';

export async function openLosableStorage() {
  const durable = await openTestStorage();
  let home = await openTestStorage();
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
      home = await openTestStorage();
      await lost.close();
    },
  };
}
