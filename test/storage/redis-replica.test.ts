// An address that leads to a replica, as after a failover that DNS has not heard of: it is said, writes are unavailable, and each
// refusal asks anew where the address leads.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { openRedis } from '../../src/storage/redis/open.ts';
import { describeOnRedis, startRedis } from '../helpers/redis-server.ts';

describeOnRedis('a node whose Redis is a replica', () => {
  it('is not ready, writes nothing, and is ready when it leads to the primary', async () => {
    const [primary, replica] = [await startRedis(), await startRedis()];
    const redis = await openRedis({ url: replica.url }, Date.now);
    await replica.ask('REPLICAOF', '127.0.0.1', String(primary.port));
    await expect(redis.check()).rejects.toThrow('This Redis is a replica, which takes no writes');
    await expect(redis.expiring.put('thing', 'key', 1, 60)).rejects.toMatchObject({ code: 'unavailable' });
    await replica.ask('REPLICAOF', 'NO', 'ONE');
    const isReady = () =>
      redis.check().then(
        () => true,
        () => false,
      );
    while (!(await isReady()));
    await redis.expiring.put('thing', 'key', 1, 60);
    await redis.close();
    await Promise.all([primary.stop(), replica.stop()]);
  }, 60_000);
});

/** Says of every script what Redis 6.2 says on a replica. */
async function startOldReplica() {
  const refusal =
    "-ERR Error running script (call to f_0123): @user_script:17: @user_script: 17: -READONLY You can't write against it.\r\n";
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      for (const [, name = ''] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        if (/^eval/i.test(name)) socket.write(refusal);
        else if (/^time$/i.test(name)) socket.write(`*2\r\n$10\r\n${Math.floor(Date.now() / 1000)}\r\n$1\r\n0\r\n`);
        else socket.write('$9\r\nloading:0\r\n');
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.length,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

it('a replica of version 6.2 is left, too, where a script was refused', async () => {
  const replica = await startOldReplica();
  const redis = await openRedis({ url: replica.url }, Date.now);
  expect(replica.connections()).toBe(1);
  await expect(redis.expiring.put('thing', 'key', 1, 60)).rejects.toMatchObject({ code: 'unavailable' });
  while (replica.connections() < 2) await new Promise(setImmediate);
  await redis.close();
  replica.close();
});
