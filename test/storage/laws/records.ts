// Laws of durable truth alone: rows without an end, paging, counters, and removal by version.
import { describe, expect, it } from '@jest/globals';
import { patience, type Bench } from './bench.ts';

export function stateRecordsLaws(bench: Bench): void {
  describe('records', () => {
    it('live for ever unless told otherwise', async () => {
      const { records } = bench.storage;
      await records.put('account', 'a', 1);
      bench.clock.advance(100 * 365 * 86_400_000);
      await records.sweep(100);
      expect(await records.get('account', 'a')).toEqual({ value: 1, version: 1, indexes: {} });
    });

    it('take their indexes and expiry from each put and replace', async () => {
      const { records } = bench.storage;
      await records.put('Grant', 'g', 1, { indexes: { account: 'a' }, expiresAt: bench.clock.now() + 1000 });
      expect(await records.replace('Grant', 'g', 2, 1, { indexes: { client: 'c' } })).toBe(true);
      expect(await records.get('Grant', 'g')).toEqual({ value: 2, version: 2, indexes: { client: 'c' } });
      await records.put('Grant', 'g', 3);
      expect(await records.get('Grant', 'g')).toEqual({ value: 3, version: 3, indexes: {} });
    });

    it('are inserted in turn up to the first whose key is taken, and what has expired is in nobody’s way', async () => {
      const { records } = bench.storage;
      await records.insert('address', 'taken', 'old');
      await records.insert('address', 'expired', 'old', { expiresAt: bench.clock.now() });
      const rowsOf = (...keys: string[]) => keys.map((key) => ({ kind: key === 'free' ? 'account' : 'address', key, value: 'new' }));
      expect(await records.insertInTurn(rowsOf('free', 'expired', 'taken', 'never'))).toBe(2);
      expect(await records.get('account', 'free')).toEqual({ value: 'new', version: 1, indexes: {} });
      expect(await records.get('address', 'expired')).toEqual({ value: 'new', version: 1, indexes: {} });
      expect(await records.get('address', 'taken')).toMatchObject({ value: 'old' });
      expect(await records.get('address', 'never')).toBeUndefined();
      expect(await records.insertInTurn(rowsOf('never', 'last'))).toBe(2);
    });

    it('that are inserted in turn keep their indexes and ends', async () => {
      const { records } = bench.storage;
      const meta = { indexes: { account: 'a' }, expiresAt: bench.clock.now() + 1000 };
      await records.insertInTurn([{ kind: 'address', key: 'one', value: 1, meta }]);
      expect(await records.get('address', 'one')).toEqual({ value: 1, version: 1, ...meta });
    });

    it(
      'inserted in turn by fifty, with one key in common, are whole for one of them',
      async () => {
        const { records } = bench.storage;
        const rowsOf = (i: number) => [
          { kind: 'account', key: `a${i}`, value: i },
          { kind: 'address', key: 'contested', value: i },
        ];
        const written = await Promise.all(Array.from({ length: 50 }, (_, i) => records.insertInTurn(rowsOf(i))));
        expect(written.filter((count) => count === 1)).toHaveLength(49);
        expect(await records.get('address', 'contested')).toMatchObject({ value: written.indexOf(2) });
      },
      patience,
    );

    it('are removed by version only if they have it', async () => {
      const { records } = bench.storage;
      await records.put('account', 'a', 1);
      expect(await records.remove('account', 'a', 2)).toBe(false);
      expect(await records.get('account', 'a')).toBeDefined();
      expect(await records.remove('account', 'a', 1)).toBe(true);
      expect(await records.get('account', 'a')).toBeUndefined();
    });

    it.each(['all', { index: 'client', value: 'c' }] as const)(
      'are listed page by page (%j), each once, though others come and go meanwhile',
      async (where) => {
        const { records } = bench.storage;
        const keys = Array.from({ length: 25 }, (_, i) => `k${(i * 7919) % 1000}`);
        for (const key of keys) await records.put('client', key, key, { indexes: { client: 'c' } });
        await records.put('other', 'k', 1, { indexes: { client: 'c' } });
        const seen: string[] = [];
        let after: string | undefined;
        for (let page = 0; page < 20; page += 1) {
          const { rows, next } = await records.list('client', where, { limit: 4, after });
          expect(rows.length).toBeLessThanOrEqual(4);
          seen.push(...rows.map(({ key }) => key));
          if (!next) break;
          after = next;
          await records.insert('client', `a${page}`, 1, { indexes: { client: 'c' } });
          await records.insert('client', `z${page}`, 1, { indexes: { client: 'c' } });
          await records.put('client', rows[0]!.key, 'touched', { indexes: { client: 'c' } });
          await records.remove('client', rows[3]!.key);
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((key) => key.startsWith('k')).toSorted()).toEqual(keys.toSorted());
      },
      patience,
    );

    it('say that there is no next page when the last one is full', async () => {
      const { records } = bench.storage;
      for (const key of ['a', 'b']) await records.put('client', key, key);
      const { rows, next } = await records.list('client', 'all', { limit: 2 });
      expect(rows.map(({ key, value, version }) => ({ key, value, version }))).toEqual([
        { key: 'a', value: 'a', version: 1 },
        { key: 'b', value: 'b', version: 1 },
      ]);
      expect(next).toBeUndefined();
      expect(await records.list('nobody', 'all', { limit: 2 })).toEqual({ rows: [] });
    });

    it('count from 0, up and down, and the count is a row', async () => {
      const { records } = bench.storage;
      expect(await records.bump('failures', 'a', 2)).toBe(2);
      expect(await records.bump('failures', 'a', -3)).toBe(-1);
      expect(await records.bump('failures', 'a', 0)).toBe(-1);
      expect(await records.get('failures', 'a')).toMatchObject({ value: -1 });
      expect(await records.remove('failures', 'a')).toBe(true);
      expect(await records.bump('failures', 'a', 1)).toBe(1);
    });

    it('start a counter anew when it has expired, and give it its end only then', async () => {
      const { records } = bench.storage;
      const end = bench.clock.now() + 1000;
      await records.bump('failures', 'a', 1, end);
      bench.clock.advance(999);
      expect(await records.bump('failures', 'a', 1, end + 5000)).toBe(2);
      expect((await records.get('failures', 'a'))?.expiresAt).toBe(end);
      bench.clock.advance(1);
      expect(await records.get('failures', 'a')).toBeUndefined();
      expect(await records.bump('failures', 'a', 1, end + 9000)).toBe(1);
      expect((await records.get('failures', 'a'))?.expiresAt).toBe(end + 9000);
    });

    it(
      'lose no bump of two hundred in parallel, and no two hear the same number',
      async () => {
        const { records } = bench.storage;
        const answers = await Promise.all(Array.from({ length: 200 }, () => records.bump('failures', 'race', 1)));
        expect(new Set(answers).size).toBe(200);
        expect(await records.bump('failures', 'race', 0)).toBe(200);
      },
      patience,
    );
  });
}
