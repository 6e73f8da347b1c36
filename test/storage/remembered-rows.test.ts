// What a process remembers of rows is what lies in the file, whoever wrote it last: after each step of a long random history
// of two processes on one file, both read what one that has just opened it reads.
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from '@jest/globals';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { createRandom } from '../history/random.ts';
import { startClock } from './clock.ts';
import { makeFolder } from './folder.ts';
import { homeNames, shareHome, type Bench, type HomeName } from './laws/bench.ts';

const pathTo = makeFolder();
const kinds = ['one', 'other'];
const keys = ['a', 'b', 'c'];
const values = ['short', 'long '.repeat(2000), 'other', { an: 'object' }, 7];
const grants = ['g', 'h'];

function readAll(bench: Bench, home: HomeName) {
  return Promise.all(kinds.flatMap((kind) => keys.map((key) => shareHome(bench, home, kind).get(key))));
}

async function readAfresh(path: string, bench: Bench, home: HomeName) {
  const storage = openSqlite(path, bench.clock.now);
  const rows = await readAll({ ...bench, storage }, home);
  await storage.close();
  return rows;
}

function chooseStep(home: HomeName, seed: number) {
  const random = createRandom(seed);
  const [key, value, grant] = [random.pick(keys), random.pick(values), random.pick(grants)];
  const options = { indexes: { grant }, seconds: random.pick([1, 60]) };
  const kind = random.pick(kinds);
  const name = random.pick([
    'insert',
    'insertInTurn',
    'put',
    'replace',
    'mark',
    'remove',
    'removeAll',
    'bump',
    'sweep',
    'together',
    'wait',
    'step back',
  ] as const);
  const run = async (bench: Bench) => {
    const rows = shareHome(bench, home, kind);
    if (name === 'insert' || name === 'put') return rows[name](key, value, options);
    if (name === 'replace') return rows.replace(key, value, (await rows.get(key))?.version ?? 1);
    if (name === 'removeAll') return rows.removeAll('grant', grant);
    if (name === 'insertInTurn') return bench.storage.records.insertInTurn([key, ...keys].map((each) => ({ kind, key: each, value })));
    if (name === 'bump') return bench.storage.records.bump(kind, key, 1);
    if (name === 'sweep') return bench.storage[home].sweep(100);
    if (name === 'together') return Promise.all([rows.put(key, value, options), rows.mark(key), rows.put(key, 'last', options)]);
    if (name === 'wait' || name === 'step back') return bench.clock.advance(name === 'wait' ? 700 : -700);
    return rows[name](key);
  };
  return { name, process: random.pick([0, 1] as const), run };
}

it.each(homeNames)(
  'reads the %s as they lie in the file, after every step of two processes',
  async (home) => {
    const path = pathTo(`${home}.db`);
    const clock = startClock();
    const stores = [openSqlite(path, clock.now), openSqlite(path, clock.now)] as const;
    const seed = Math.floor(Math.random() * 2 ** 31);
    for (let i = 0; i < 600; i += 1) {
      const { name, process, run } = chooseStep(home, seed + i);
      await run({ storage: stores[process], clock });
      const truth = await readAfresh(path, { storage: stores[process], clock }, home);
      for (const [reader, storage] of stores.entries()) {
        const step = `seed ${seed}, step ${i}: ${name} by ${process}, read by ${reader}`;
        expect({ step, rows: await readAll({ storage, clock }, home) }).toEqual({ step, rows: truth });
      }
    }
    await Promise.all(stores.map((storage) => storage.close()));
  },
  120_000,
);

it('forgets what a batch has written that was undone', async () => {
  const path = pathTo('undone.db');
  await openSqlite(path, Date.now).close();
  const file = new DatabaseSync(path);
  file.exec(`CREATE TRIGGER undo BEFORE UPDATE ON entries WHEN NEW.key = 'last' BEGIN SELECT RAISE(ROLLBACK, 'undone'); END`);
  file.close();
  const storage = openSqlite(path, Date.now);
  const putAll = (value: string) => Promise.allSettled(['first', 'last'].map((key) => storage.records.put('one', key, value)));
  const kept = await putAll('kept');
  const undone = await putAll('undone');
  expect([...kept, ...undone].map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(await storage.records.get('one', 'first')).toMatchObject({ value: 'kept', version: 1 });
  await storage.close();
});

it.each(homeNames)('forgets what was swept from the %s, though the clock steps back', async (home) => {
  const clock = startClock();
  const storage = openSqlite(':memory:', clock.now);
  const rows = shareHome({ storage, clock }, home);
  await rows.put('short', 'lived', { seconds: 1 });
  expect(await rows.get('short')).toBeDefined();
  clock.advance(2000);
  expect(await storage[home].sweep(10)).toBe(1);
  clock.advance(-2000);
  expect(await rows.get('short')).toBeUndefined();
  await storage.close();
});
