// An answer that is lost on the way: the driver sends the command again, and the server answers what it answered before.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { AppError } from '../../src/errors.ts';
import { openMongo, type MongoHome } from '../../src/storage/mongo/open.ts';
import { describeOnMongod, settingsOf, type Mongod } from '../helpers/mongod.ts';

describeOnMongod('an answer that is lost on the way', (server) => {
  let wire: Awaited<ReturnType<typeof layWire>>;
  let home: MongoHome;

  beforeAll(async () => {
    wire = await layWire(server.mongod);
    const url = `mongodb://127.0.0.1:${wire.port}/retry?directConnection=true`;
    home = await openMongo({ ...settingsOf(server.mongod, 'retry'), url }, Date.now);
  });
  afterAll(async () => {
    await home.close();
    wire.close();
  });
  beforeEach(() => home.records.put('thing', 'a', 'old'));

  async function losing<T>(command: string, operation: () => Promise<T>, times = 1): Promise<T> {
    wire.loseAnswerTo(command, times);
    const before = wire.lost();
    const answer = await operation();
    expect(wire.lost()).toBe(before + times);
    return answer;
  }

  it('of the first mark is still first, and nobody else’s is', async () => {
    expect(await losing('findAndModify', () => home.records.mark('thing', 'a'))).toBe('first');
    expect(await home.records.mark('thing', 'a')).toBe('again');
    expect(await losing('findAndModify', () => home.records.mark('thing', 'a'))).toBe('again');
  });

  it('of an insert is still true, and the row is there once', async () => {
    expect(await losing('update', () => home.records.insert('thing', 'new', 'mine'))).toBe(true);
    expect(await home.records.get('thing', 'new')).toMatchObject({ value: 'mine', version: 1 });
  });

  it('of inserts in turn is how far they came, and each row is there once', async () => {
    const rows = ['turn', 'a', 'never'].map((key) => ({ kind: 'thing', key, value: 'mine' }));
    expect(await losing('update', () => home.records.insertInTurn(rows))).toBe(1);
    const found = await Promise.all(rows.map(({ key }) => home.records.get('thing', key)));
    expect(found).toMatchObject([{ value: 'mine', version: 1 }, { value: 'old' }, undefined]);
  });

  it('of a put and of a replace was one write', async () => {
    await losing('update', () => home.records.put('thing', 'put', 1));
    expect(await home.records.get('thing', 'put')).toMatchObject({ version: 1 });
    expect(await losing('update', () => home.records.replace('thing', 'put', 2, 1))).toBe(true);
    expect(await home.records.get('thing', 'put')).toMatchObject({ value: 2, version: 2 });
  });

  it('of a bump is counted once', async () => {
    expect(await losing('findAndModify', () => home.records.bump('thing', 'n', 5))).toBe(5);
    expect(await home.records.bump('thing', 'n', 0)).toBe(5);
  });

  it('of writes that shared a command is what each of them did, and each did it once', async () => {
    const { records } = home;
    const ask = () => Promise.all([records.insert('thing', 'one', 1), records.insert('thing', 'a', 1), records.put('thing', 'other', 1)]);
    expect(await losing('update', ask)).toEqual([true, false, undefined]);
    const rows = await Promise.all(['one', 'other', 'a'].map((key) => records.get('thing', key)));
    expect(rows).toMatchObject([{ version: 1 }, { version: 1 }, { value: 'old' }]);
  });

  it('of writes that shared a command, when it is lost again, leaves none of them known', async () => {
    const { records } = home;
    const ask = () =>
      Promise.allSettled([records.insert('thing', 'two', 1), records.insert('thing', 'a', 1), records.put('thing', 'b', 1)]);
    const unavailable = { status: 'rejected', reason: new AppError('unavailable') };
    expect(await losing('update', ask, 2)).toEqual([unavailable, unavailable, unavailable]);
  });

  it('of a removal is still true', async () => {
    expect(await losing('delete', () => home.records.remove('thing', 'a'))).toBe(true);
  });
});

/** A wire to the server that breaks, on demand, after a command has gone through and before its answer has. */
async function layWire({ address }: Mongod) {
  const [host, port] = address.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let watched = { command: '', times: 0 };
  let lost = 0;

  const proxy: Server = createServer((client) => {
    const upstream = connect(Number(port), host);
    let breaking = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((end) => end.destroy()));
    }
    client.on('data', (bytes: Buffer) => {
      // A command's name is the first field of its document.
      if (watched.times > 0 && bytes.includes(`\u0002${watched.command}\u0000`)) {
        breaking = true;
        watched.times -= 1;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (!breaking) return void client.write(bytes);
      lost += 1;
      client.destroy();
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    port: (proxy.address() as AddressInfo).port,
    lost: () => lost,
    loseAnswerTo(command: string, times: number) {
      watched = { command, times };
    },
    close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
