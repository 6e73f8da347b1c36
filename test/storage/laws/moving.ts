// Laws of moving a store: rows come out and go in as they lie. A place is a store that is opened for serving or for moving, never for both.
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KeyedRow, Movable, Records } from '../../../src/storage/port.ts';
import { startClock, type Clock } from '../clock.ts';

export type Place = {
  openRecords(now: () => number): Promise<{ records: Records; close(): Promise<void> }>;
  openMovable(now: () => number): Promise<Movable>;
};

const strange = ['n', 'n\0b', 'é', '漢字', '🗝️', '￿', 'Z', '_', '-', 'a:b', 'a;b', '$x'];

export function describeMoving(name: string, prepare: () => Place): void {
  describe(`${name} can be moved:`, () => {
    let place: Place;
    let clock: Clock;
    beforeEach(() => {
      place = prepare();
      clock = startClock();
    });

    async function serve<T>(use: (records: Records) => Promise<T>): Promise<T> {
      const { records, close } = await place.openRecords(clock.now);
      return use(records).finally(close);
    }

    async function move<T>(use: (movable: Movable) => Promise<T>): Promise<T> {
      const movable = await place.openMovable(clock.now);
      return use(movable).finally(() => movable.close());
    }

    async function readAll(movable: Movable, kind: string): Promise<KeyedRow[]> {
      const rows: KeyedRow[] = [];
      for (let after: string | undefined, more = true; more;) {
        const page = await movable.read(kind, { limit: 5, after });
        rows.push(...page.rows);
        after = page.next;
        more = after !== undefined;
      }
      return rows;
    }

    it('what is read is what was written', async () => {
      const end = clock.now() + 60_000;
      await serve(async (records) => {
        await records.put('Grant', 'g', { a: [1, 'x'] }, { indexes: { account: 'p', client: 'c', uid: 'u', grant: 'g', userCode: 'd' } });
        await records.put('Grant', 'g', 'sealed', { indexes: { account: 'p' }, expiresAt: end });
        await records.mark('Grant', 'g');
        await records.bump('failures', 'f', 7);
      });
      await move(async (movable) => {
        expect(await readAll(movable, 'Grant')).toEqual([
          { key: 'g', value: 'sealed', version: 2, indexes: { account: 'p' }, markedAt: clock.now(), expiresAt: end },
        ]);
        expect(await readAll(movable, 'failures')).toEqual([{ key: 'f', value: 7, version: 1, indexes: {} }]);
      });
    });

    it('what is loaded serves on: versions, marks, indexes, ends and counts', async () => {
      const expiresAt = clock.now() + 60_000;
      const row = { value: { text: '$where' }, version: 41, indexes: { account: 'p', grant: 'g' }, markedAt: 1_700_000_000_123, expiresAt };
      await move(async (movable) => {
        await movable.load('RefreshToken', [{ key: 'r', ...row }]);
        await movable.load('failures', [{ key: 'f', value: 99, version: 99, indexes: {} }]);
        await movable.load('failures', []);
      });
      await serve(async (records) => {
        expect(await records.get('RefreshToken', 'r')).toEqual(row);
        expect(await records.mark('RefreshToken', 'r')).toBe('again');
        expect((await records.list('RefreshToken', { index: 'grant', value: 'g' }, { limit: 9 })).rows).toEqual([{ key: 'r', ...row }]);
        expect(await records.replace('RefreshToken', 'r', 1, 41)).toBe(true);
        expect(await records.bump('failures', 'f', 1)).toBe(100);
        expect((await records.get('failures', 'f'))?.version).toBe(100);
      });
    });

    it('the kinds are named, and their living rows counted and read in the order of their bytes', async () => {
      await serve(async (records) => {
        for (const key of strange) await records.put('sign', key, key);
        for (const kind of ['sign-in', 'Sign', 'sign1']) await records.put(kind, 'k', 1);
        await records.put('sign', 'over', 1, { expiresAt: clock.now() + 1000 });
      });
      await move(async (movable) => {
        expect((await movable.kinds()).toSorted()).toEqual(['Sign', 'sign', 'sign-in', 'sign1']);
        expect(await movable.count('sign', clock.now())).toBe(strange.length + 1);
        expect(await movable.count('sign', clock.now() + 1000)).toBe(strange.length);
        clock.advance(1000);
        const inOrder = strange.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect((await readAll(movable, 'sign')).map(({ key }) => key)).toEqual(inOrder);
        expect(await movable.count('nobody', clock.now())).toBe(0);
      });
    });

    it('a key that is taken is refused and stays; one that has expired is free', async () => {
      await serve(async (records) => {
        await records.put('thing', 'taken', 'first');
        await records.put('thing', 'over', 'first', { expiresAt: clock.now() + 1000 });
      });
      clock.advance(1000);
      await move(async (movable) => {
        const row = { value: 'second', version: 5, indexes: {} };
        await expect(movable.load('thing', [{ key: 'taken', ...row }])).rejects.toThrow(/taken/);
        await movable.load('thing', [{ key: 'over', ...row }]);
        expect(await readAll(movable, 'thing')).toEqual([
          { key: 'over', ...row },
          { key: 'taken', value: 'first', version: 1, indexes: {} },
        ]);
        await movable.remove('thing', 'taken');
        await movable.remove('thing', 'nowhere');
        expect((await readAll(movable, 'thing')).map(({ key }) => key)).toEqual(['over']);
      });
    });
  });
}
