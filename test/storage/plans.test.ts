// Every statement of the SQLite driver finds its rows by an index: the cost of a sign-in must not grow with the number of accounts.
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import type { Storage } from '../../src/storage/port.ts';
import { indexNames } from '../../src/storage/sqlite/columns.ts';

let storage: Storage;
const prepared: { database: DatabaseSync; sql: string }[] = [];

beforeAll(async () => {
  const prepare = DatabaseSync.prototype.prepare;
  const spy = jest.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql: string) {
    prepared.push({ database: this, sql });
    return prepare.call(this, sql);
  });
  storage = await openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 60 }, Date.now);
  // A list's statement is prepared when it is first asked.
  await storage.records.list('any', 'all', { limit: 10 });
  for (const index of indexNames) {
    await storage.records.list('any', { index, value: 'any' }, { limit: 10 });
    await storage.expiring.list('any', index, 'any');
  }
  spy.mockRestore();
});
afterAll(() => storage.close());

const planOf = ({ database, sql }: (typeof prepared)[number]) =>
  database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail));
const queries = () => prepared.filter(({ sql }) => /entries|ledgers/.test(sql));

it('sees the statements of both homes', () => {
  expect(new Set(queries().map(({ database }) => database)).size).toBe(2);
  expect(queries().length).toBeGreaterThan(40);
});

it('knows a scan when it meets one', () => {
  const { database } = queries()[0]!;
  expect(planOf({ database, sql: 'SELECT key FROM entries WHERE value = ?' }).join()).toMatch(/SCAN/);
});

it('scans no table, and sorts nothing', () => {
  const slow = queries()
    .map((query) => ({ sql: query.sql, plan: planOf(query) }))
    .filter(({ plan }) => plan.some((line) => /SCAN|TEMP B-TREE/.test(line)));
  expect(slow).toEqual([]);
});

it.each(indexNames)('lists and removes by %s through its own index', (name) => {
  const byIndex = queries().filter(({ sql }) => sql.includes(`WHERE ${name} = ?`));
  expect(byIndex.length).toBe(4);
  for (const query of byIndex) expect(planOf(query).join()).toContain(`entries_${name} (${name}=? AND kind=?`);
});
