// Laws of the expiring home alone, and of a storage as a whole.
import { describe, expect, it } from '@jest/globals';
import { patience, type Bench } from './bench.ts';

export function stateExpiringLaws(bench: Bench): void {
  describe('expiring', () => {
    it('keeps the indexes through a replace', async () => {
      const { expiring } = bench.storage;
      await expiring.put('token', 't', 1, 60, { grant: 'g', account: 'a' });
      await expiring.replace('token', 't', 2, 1, 60);
      expect(await expiring.list('token', 'grant', 'g')).toMatchObject([
        { key: 't', value: 2, version: 2, indexes: { grant: 'g', account: 'a' } },
      ]);
    });

    it(
      'lists at most a thousand rows, and removes them all',
      async () => {
        const { expiring } = bench.storage;
        await Promise.all(Array.from({ length: 1_005 }, (_, i) => expiring.put('token', `t${i}`, i, 60, { grant: 'g' })));
        expect((await expiring.list('token', 'grant', 'g')).length).toBe(1_000);
        expect(await expiring.removeAll('token', 'grant', 'g')).toBe(1_005);
        expect(await expiring.list('token', 'grant', 'g')).toEqual([]);
      },
      patience,
    );

    it('shares no row with records', async () => {
      const { expiring, records } = bench.storage;
      await expiring.put('thing', 'key', 'expiring', 60);
      expect(await records.get('thing', 'key')).toBeUndefined();
      await records.put('thing', 'key', 'durable');
      expect((await expiring.get('thing', 'key'))?.value).toBe('expiring');
      await expiring.remove('thing', 'key');
      expect((await records.get('thing', 'key'))?.value).toBe('durable');
    });
  });

  describe('a storage', () => {
    it('answers a check while it is open, and refuses everything once it is closed', async () => {
      const { storage } = bench;
      await expect(storage.check()).resolves.toBeUndefined();
      await storage.close();
      await expect(storage.check()).rejects.toThrow();
      await expect(storage.records.get('thing', 'key')).rejects.toThrow();
      await expect(storage.expiring.put('thing', 'key', 1, 60)).rejects.toThrow();
    });

    it('finishes what was asked for before it was closed', async () => {
      const { storage } = bench;
      const writes = [storage.records.insert('thing', 'a', 1), storage.expiring.add('thing', 'a', 1, 60)];
      await storage.close();
      expect(await Promise.all(writes)).toEqual([true, true]);
    });
  });
}
