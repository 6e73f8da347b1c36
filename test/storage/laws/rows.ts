// Laws of a row in either home: reading, writing, versions, marks and indexes.
import { describe, expect, it } from '@jest/globals';
import { homeNames, patience, shareHome, type Bench } from './bench.ts';
import { raceInserts, raceMarks, raceReplaces } from '../races.ts';

export function stateRowLaws(bench: Bench): void {
  describe.each(homeNames)('rows of %s', (home) => {
    it('come back as they were written, with version 1 and their indexes', async () => {
      const rows = shareHome(bench, home);
      const value = { text: 'a', list: [1, null, { deep: true }], empty: {}, none: null };
      await rows.put('key', value, { indexes: { account: 'a1', userCode: 'u1' }, seconds: 5 });
      expect(await rows.get('key')).toEqual({
        value,
        version: 1,
        indexes: { account: 'a1', userCode: 'u1' },
        expiresAt: bench.clock.now() + 5000,
      });
    });

    it('are told apart by kind and key', async () => {
      await shareHome(bench, home, 'one').put('key', 1);
      await shareHome(bench, home, 'two').put('key', 2);
      expect((await shareHome(bench, home, 'one').get('key'))?.value).toBe(1);
      expect((await shareHome(bench, home, 'two').get('key'))?.value).toBe(2);
      expect(await shareHome(bench, home, 'two').get('other')).toBeUndefined();
    });

    it('are inserted only where there is none', async () => {
      const rows = shareHome(bench, home);
      expect(await rows.insert('key', 'mine')).toBe(true);
      expect(await rows.insert('key', 'yours')).toBe(false);
      expect(await rows.get('key')).toMatchObject({ value: 'mine', version: 1 });
    });

    it('grow by one version with each write of the value', async () => {
      const rows = shareHome(bench, home);
      await rows.put('key', 'a');
      await rows.put('key', 'b');
      expect(await rows.replace('key', 'c', 2)).toBe(true);
      expect(await rows.get('key')).toMatchObject({ value: 'c', version: 3 });
    });

    it('are not replaced under another version, nor where there is none', async () => {
      const rows = shareHome(bench, home);
      await rows.put('key', 'a');
      expect(await rows.replace('key', 'b', 2)).toBe(false);
      expect(await rows.replace('absent', 'b', 1)).toBe(false);
      expect(await rows.replace('absent', 'b', 0)).toBe(false);
      expect(await rows.get('key')).toMatchObject({ value: 'a', version: 1 });
      expect(await rows.get('absent')).toBeUndefined();
    });

    it('are marked once, by the clock, and keep their value and version', async () => {
      const rows = shareHome(bench, home);
      await rows.put('key', 'a');
      expect((await rows.get('key'))?.markedAt).toBeUndefined();
      const markedAt = bench.clock.now();
      expect(await rows.mark('key')).toBe('first');
      bench.clock.advance(1000);
      expect(await rows.mark('key')).toBe('again');
      expect(await rows.mark('absent')).toBe('absent');
      expect(await rows.get('key')).toMatchObject({ value: 'a', version: 1, markedAt });
      expect(await rows.get('absent')).toBeUndefined();
    });

    it('keep their mark through put and replace', async () => {
      const rows = shareHome(bench, home);
      await rows.put('key', 'a');
      await rows.mark('key');
      await rows.put('key', 'b');
      await rows.replace('key', 'c', 2);
      expect(await rows.get('key')).toMatchObject({ value: 'c', markedAt: bench.clock.now() });
      expect(await rows.mark('key')).toBe('again');
    });

    it('are unmarked and of version 1 when they were removed and written anew', async () => {
      const rows = shareHome(bench, home);
      await rows.put('key', 'a');
      await rows.put('key', 'b');
      await rows.mark('key');
      expect(await rows.remove('key')).toBe(true);
      expect(await rows.remove('key')).toBe(false);
      expect(await rows.mark('key')).toBe('absent');
      await rows.put('key', 'c');
      const row = await rows.get('key');
      expect(row).toMatchObject({ value: 'c', version: 1 });
      expect(row?.markedAt).toBeUndefined();
    });

    it('are found by each declared index, as last put', async () => {
      const rows = shareHome(bench, home);
      for (const index of ['account', 'client', 'uid', 'grant', 'userCode'] as const) {
        await rows.put(`${index}1`, 1, { indexes: { [index]: 'x' } });
        await rows.put(`${index}2`, 2, { indexes: { [index]: 'x' } });
        await rows.put(`${index}3`, 3, { indexes: { [index]: 'y' } });
        expect(await rows.keysOf(index, 'x')).toEqual([`${index}1`, `${index}2`]);
      }
      await rows.put('account2', 2, { indexes: { account: 'y' } });
      expect(await rows.keysOf('account', 'x')).toEqual(['account1']);
      expect(await rows.keysOf('account', 'y')).toEqual(['account2', 'account3']);
      expect(await rows.keysOf('account', 'z')).toEqual([]);
    });

    it('are removed together by an index value, those of the kind alone', async () => {
      const rows = shareHome(bench, home);
      for (const key of ['a', 'b', 'c']) await rows.put(key, key, { indexes: { grant: key === 'c' ? 'other' : 'gone' } });
      await shareHome(bench, home, 'else').put('d', 'd', { indexes: { grant: 'gone' } });
      expect(await rows.removeAll('grant', 'gone')).toBe(2);
      expect(await rows.removeAll('grant', 'gone')).toBe(0);
      expect(await rows.get('a')).toBeUndefined();
      expect(await rows.get('c')).toBeDefined();
      expect(await shareHome(bench, home, 'else').keysOf('grant', 'gone')).toEqual(['d']);
    });

    it(
      'have one first among fifty callers who mark',
      async () => {
        await shareHome(bench, home, 'race').put('marked', {});
        expect(await raceMarks(bench.storage[home], 'marked', 50)).toBe(1);
      },
      patience,
    );

    it('have one winner among fifty inserts', async () => expect(await raceInserts(bench.storage, home, 50)).toBe(1), patience);

    it(
      'have one winner among fifty replaces of one version',
      async () => expect(await raceReplaces(bench.storage, home, 50)).toBe(1),
      patience,
    );
  });
}
