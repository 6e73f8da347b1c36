// Every command of the MongoDB driver finds its rows by an index: the cost of a sign-in must not grow with the number of accounts.
// The server's profiler tells the plan that each one was really executed with.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type mongoose from 'mongoose';
import { openMongo, type MongoHome } from '../../src/storage/mongo/open.ts';
import type { Index } from '../../src/storage/port.ts';
import { describeOnMongod, settingsOf } from '../helpers/mongod.ts';

const name = 'plans';
const indexes: readonly Index[] = ['account', 'client', 'uid', 'grant', 'userCode'];
/** Rows of other people. */
const crowd = 400;

describeOnMongod('the plan', (server) => {
  let home: MongoHome;
  let database: mongoose.mongo.Db;

  beforeAll(async () => {
    home = await openMongo(settingsOf(server.mongod, name), Date.now);
    database = server.mongod.client.db(name);
    const expiresAt = Date.now() + 3_600_000;
    for (let i = 0; i < crowd; i += 1) {
      const meta = { indexes: Object.fromEntries(indexes.map((index) => [index, `of${i}`])), expiresAt };
      await home.records.put(i % 2 ? 'thing' : 'other', `crowd${i}`, i, meta);
    }
    for (const key of ['a', 'b', 'c']) await home.records.put('mine', key, key, { indexes: { account: 'me', grant: 'me' } });
    await database.command({ profile: 2 });
  }, 60_000);
  afterAll(() => home.close());

  const readProfile = () =>
    database
      .collection('system.profile')
      .find({ ns: `${name}.records` })
      .toArray();

  async function plansOf(operation: () => Promise<unknown>) {
    const before = (await readProfile()).length;
    await operation();
    const seen = (await readProfile()).slice(before);
    expect(seen.length).toBeGreaterThan(0);
    // An upsert that met a duplicate key examined it to no end: it is said without a number.
    return seen.map(({ planSummary, docsExamined = 0, hasSortStage }) => ({ planSummary, docsExamined, sorts: hasSortStage === true }));
  }

  it('of a scan is known when it is met', async () => {
    const plans = await plansOf(() => database.collection('records').findOne({ value: 'nowhere' }));
    expect(plans).toMatchObject([{ planSummary: 'COLLSCAN', docsExamined: crowd + 3 }]);
  });

  const onOne: [string, () => Promise<unknown>][] = [
    ['get', () => home.records.get('mine', 'a')],
    ['insert', () => home.records.insert('mine', 'new', 1)],
    ['insert over what is there', () => home.records.insert('mine', 'a', 1)],
    ['insertInTurn', () => home.records.insertInTurn(['one', 'a'].map((key) => ({ kind: 'mine', key, value: 1 })))],
    ['put', () => home.records.put('mine', 'a', 1)],
    ['replace', () => home.records.replace('mine', 'a', 1, 1)],
    ['mark', () => home.records.mark('mine', 'a')],
    ['bump', () => home.records.bump('mine', 'count', 1)],
    ['remove', () => home.records.remove('mine', 'b')],
    ['remove by version', () => home.records.remove('mine', 'c', 1)],
  ];
  it.each(onOne)('of %s is the id, and looks at one row at most', async (_, operation) => {
    for (const { planSummary, docsExamined, sorts } of await plansOf(operation)) {
      expect(planSummary).toMatch(/^(IDHACK|IXSCAN { _id: 1 })$/);
      expect(docsExamined).toBeLessThanOrEqual(1);
      expect(sorts).toBe(false);
    }
  });

  it('of a list of all is the range of the kind’s ids', async () => {
    const plans = await plansOf(() => home.records.list('thing', 'all', { limit: 9, after: 'crowd2' }));
    expect(plans).toEqual([{ planSummary: 'IXSCAN { _id: 1 }', docsExamined: 10, sorts: false }]);
  });

  it.each(indexes)('of a list and a removal by %s is its index, and looks at those rows alone', async (index) => {
    await home.records.put('mine', 'one', 1, { indexes: { [index]: 'one' } });
    const plans = await plansOf(async () => {
      await home.records.list('mine', { index, value: 'one' }, { limit: 9 });
      expect(await home.records.removeAll('mine', index, 'one')).toBe(1);
    });
    const plan = { planSummary: `IXSCAN { ${index}: 1, _id: 1 }`, docsExamined: 1, sorts: false };
    expect(plans).toEqual([plan, plan]);
  });

  it('of lists that share a command is their index, and looks at their rows alone', async () => {
    const values = ['one', 'two', 'three'];
    for (const value of values) await home.records.put('mine', value, 1, { indexes: { uid: value } });
    const plans = await plansOf(() => Promise.all(values.map((value) => home.records.list('mine', { index: 'uid', value }, { limit: 1 }))));
    expect(plans).toEqual([{ planSummary: 'IXSCAN { uid: 1, _id: 1 }', docsExamined: 3, sorts: false }]);
  });

  it('of a sweep is the expiry, and then the ids', async () => {
    for (const key of ['over', 'past']) await home.records.put('mine', key, 1, { expiresAt: Date.now() - 1 });
    const plans = await plansOf(() => home.records.sweep(10));
    expect(plans).toEqual([
      { planSummary: 'IXSCAN { expiresAt: 1 }', docsExamined: 2, sorts: false },
      { planSummary: 'IXSCAN { _id: 1 }', docsExamined: 2, sorts: false },
    ]);
  });

  it('covers every operation of the contract', () => {
    const tried = onOne.map(([operation]) => operation.split(' ')[0]);
    expect(new Set([...tried, 'list', 'removeAll', 'sweep'])).toEqual(new Set(Object.keys(home.records)));
  });
});
