// Two processes on one file (the command line beside the server): every law of one winner holds between them.
import { expect, it } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import { startChild } from './children/start.ts';
import { makeFolder } from './folder.ts';

const pathTo = makeFolder();
const open = (path: string) => openStorage({ databaseUrl: `sqlite:${path}`, sweepSeconds: 60 }, Date.now);

it('lets two processes of a hundred callers each win together what one caller may win', async () => {
  const path = pathTo('shared.db');
  const before = await open(path);
  await before.records.put('thing', 'durable', 1);
  await before.expiring.put('thing', 'short', 1, 600);
  await Promise.all(Array.from({ length: 100 }, (_, i) => before.records.put('thing', `each${i}`, i)));
  await before.close();

  const start = String(Date.now() + 1500);
  const children = ['one', 'two'].map((me) => startChild('contender.ts', [path, me, start]));
  for (const child of children) expect(await child.ended).toMatchObject({ code: 0 });
  const [one, two] = children.map(({ lines }) => JSON.parse(lines[0]!) as Record<string, number>);
  const together = Object.fromEntries(Object.keys(one!).map((name) => [name, one![name]! + two![name]!]));
  expect(together).toEqual({ marked: 1, markedExpiring: 1, markedEach: 100, spent: 5, inserted: 1, added: 1, bumped: 200 });

  const after = await open(path);
  expect(await after.records.bump('count', 'all', 0)).toBe(200);
  expect(await after.records.get('thing', 'put')).toMatchObject({ version: 200 });
  await after.close();
}, 120_000);

it('lets two processes make the same new file', async () => {
  const children = ['one', 'two'].map((me) => startChild('contender.ts', [pathTo('fresh/new.db'), me, '0']));
  for (const child of children) expect(await child.ended).toEqual({ code: 0, errors: '' });
  const after = await open(pathTo('fresh/new.db'));
  expect(await after.records.bump('count', 'all', 0)).toBe(200);
  await after.close();
}, 120_000);
