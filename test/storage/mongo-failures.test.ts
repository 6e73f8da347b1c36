// A mongod that is killed or hangs: every operation says `unavailable` in time, and goes on by itself when the server is back.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../src/errors.ts';
import { openMongo, type MongoHome } from '../../src/storage/mongo/open.ts';
import { describeOnMongod, settingsOf } from '../helpers/mongod.ts';

/** People get their answer within three seconds; a busy test machine may take longer. */
const inTime = 3000 * 5;
const patience = 120_000;

describeOnMongod('MongoDB', (server) => {
  let home: MongoHome;
  let opened = 0;
  beforeEach(async () => {
    home = await openMongo(settingsOf(server.mongod, `failures${(opened += 1)}`), Date.now);
    await home.records.put('thing', 'kept', 'acknowledged');
    // A connection for each operation: what is asked of a server that hangs lies in its sockets.
    await Promise.all(Array.from({ length: 20 }, () => home.records.get('thing', 'kept')));
  }, patience);
  afterEach(() => home.close(), patience);

  const operations: Record<string, () => Promise<unknown>> = {
    get: () => home.records.get('thing', 'kept'),
    list: () => home.records.list('thing', { index: 'account', value: 'a' }, { limit: 1 }),
    insert: () => home.records.insert('thing', 'inserted', 1),
    insertInTurn: () => home.records.insertInTurn(['one', 'two'].map((key) => ({ kind: 'thing', key, value: 1 }))),
    put: () => home.records.put('thing', 'put', 1),
    replace: () => home.records.replace('thing', 'kept', 'late', 1),
    mark: () => home.records.mark('thing', 'kept'),
    bump: () => home.records.bump('thing', 'counted', 1),
    remove: () => home.records.remove('thing', 'other'),
    removeAll: () => home.records.removeAll('thing', 'account', 'a'),
    sweep: () => home.records.sweep(10),
  };

  async function expectOutage() {
    const started = performance.now();
    const answers = await Promise.allSettled(Object.values(operations).map((operation) => operation()));
    expect(performance.now() - started).toBeLessThan(inTime);
    expect(answers).toEqual(Object.keys(operations).map(() => ({ status: 'rejected', reason: new AppError('unavailable') })));
    await expect(home.check()).rejects.toThrow(/^MongoDB can't be used: /);
  }

  /** How long it takes until an operation succeeds again. */
  async function recover(): Promise<number> {
    const started = performance.now();
    while (performance.now() - started < patience / 2) {
      const row = await home.records.get('thing', 'kept').catch(() => undefined);
      if (row?.value === 'acknowledged') {
        await home.records.put('thing', 'later', 1);
        await home.check();
        return performance.now() - started;
      }
      await pause(50);
    }
    throw new Error('It never came back');
  }

  it(
    'that is killed is unavailable at once and for long, loses nothing, and is used again without a restart of ours',
    async () => {
      await server.mongod.kill();
      await expectOutage();
      await expectOutage();
      await server.mongod.restart();
      expect(await recover()).toBeLessThan(5000 * 5);
    },
    patience,
  );

  it(
    'that hangs is unavailable, is used again when it goes on, and then executes nothing that was given up',
    async () => {
      server.mongod.signal('SIGSTOP');
      try {
        await expectOutage();
        await expectOutage();
      } finally {
        server.mongod.signal('SIGCONT');
      }
      expect(await recover()).toBeLessThan(5000 * 5);
      // By now it has read all that lay waiting for it.
      await pause(500);
      for (const key of ['inserted', 'put', 'counted']) expect([key, await home.records.get('thing', key)]).toEqual([key, undefined]);
      expect(await home.records.get('thing', 'kept')).toEqual({ value: 'acknowledged', version: 1, indexes: {} });
    },
    patience,
  );

  it(
    'that hangs does not hold up the end of the process',
    async () => {
      server.mongod.signal('SIGSTOP');
      try {
        const answer = home.records.get('thing', 'kept');
        const started = performance.now();
        await Promise.all([expect(answer).rejects.toEqual(new AppError('unavailable')), home.close()]);
        expect(performance.now() - started).toBeLessThan(6000 * 5);
        await expect(home.records.get('thing', 'kept')).rejects.toEqual(new AppError('unavailable'));
      } finally {
        server.mongod.signal('SIGCONT');
      }
    },
    patience,
  );

  describe('that is not there at the start', () => {
    it(
      'is said to be missing, without the URL’s password',
      async () => {
        const settings = settingsOf(server.mongod, 'failures');
        const opening = openMongo({ ...settings, url: 'mongodb://somebody:hunter2@127.0.0.1:9/latchkey?replicaSet=test' }, Date.now);
        await expect(opening).rejects.toThrow(/^MongoDB can't be used: .*ECONNREFUSED/);
        await expect(opening).rejects.not.toThrow('hunter2');
      },
      patience,
    );
  });
});
