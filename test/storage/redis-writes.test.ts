// What is asked of Redis within one turn of the event loop leaves in one write to the socket.
import { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { openRedis, type RedisHome } from '../../src/storage/redis/open.ts';
import { describeOnRedis, startRedis, type RedisServer } from '../helpers/redis-server.ts';

describeOnRedis('what is asked of Redis at once', () => {
  let server: RedisServer;
  let home: RedisHome;

  beforeAll(async () => {
    server = await startRedis();
    home = await openRedis({ url: server.url, commandTimeoutMs: 20_000 }, Date.now);
    // Each script is sent as a whole once.
    await home.expiring.put('thing', 'first', 0, 600);
  }, 60_000);
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await home?.close();
    await server?.stop();
  });

  it('leaves together, and each gets its own answer', async () => {
    const written = [jest.spyOn(Socket.prototype, '_write'), jest.spyOn(Socket.prototype, '_writev' as '_write')];
    const asked = Array.from({ length: 20 }, (_, i) => home.expiring.put('thing', `each${i}`, i, 600));
    const read = home.expiring.get('thing', 'first');
    await Promise.all(asked);
    expect(written.map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
    expect((await read)?.value).toBe(0);
    const rows = await Promise.all(asked.map((_, i) => home.expiring.get('thing', `each${i}`)));
    expect(rows.map((row) => row?.value)).toEqual(asked.map((_, i) => i));
  });
});
