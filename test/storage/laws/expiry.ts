// Laws of expiry: decided at each operation by the injected clock, to the millisecond; sweeping only cleans up.
import { describe, expect, it } from '@jest/globals';
import { homeNames, patience, shareHome, type Bench, type Shared } from './bench.ts';

export function stateExpiryLaws(bench: Bench): void {
  describe.each(homeNames)('expiry in %s', (home) => {
    async function expire(rows: Shared) {
      await rows.put('key', 'old', { seconds: 10, indexes: { account: 'a' } });
      await rows.put('key', 'old', { seconds: 10, indexes: { account: 'a' } });
      await rows.mark('key');
      bench.clock.advance(10_000);
    }

    it('lets a row live until the very millisecond', async () => {
      const rows = shareHome(bench, home);
      await rows.put('key', 'a', { seconds: 10, indexes: { account: 'a' } });
      bench.clock.advance(9_999);
      expect((await rows.get('key'))?.value).toBe('a');
      expect(await rows.keysOf('account', 'a')).toEqual(['key']);
      bench.clock.advance(1);
      expect(await rows.get('key')).toBeUndefined();
      expect(await rows.keysOf('account', 'a')).toEqual([]);
    });

    it('leaves nothing to mark, replace or remove', async () => {
      const rows = shareHome(bench, home);
      await expire(rows);
      expect(await rows.mark('key')).toBe('absent');
      expect(await rows.replace('key', 'new', 2)).toBe(false);
      expect(await rows.remove('key')).toBe(false);
      expect(await rows.removeAll('account', 'a')).toBe(0);
      expect(await rows.get('key')).toBeUndefined();
    });

    it.each(['insert', 'put'] as const)('lets %s begin anew: version 1, no mark', async (write) => {
      const rows = shareHome(bench, home);
      await expire(rows);
      expect((await rows[write]('key', 'new')) ?? true).toBe(true);
      const row = await rows.get('key');
      expect(row).toMatchObject({ value: 'new', version: 1, indexes: {} });
      expect(row?.markedAt).toBeUndefined();
      expect(await rows.mark('key')).toBe('first');
    });

    it('is renewed by put and replace', async () => {
      const rows = shareHome(bench, home);
      await rows.put('put', 'a', { seconds: 10 });
      await rows.put('replaced', 'a', { seconds: 10 });
      await rows.put('put', 'b', { seconds: 20 });
      await rows.replace('replaced', 'b', 1);
      bench.clock.advance(15_000);
      expect((await rows.get('put'))?.value).toBe('b');
      expect((await rows.get('replaced'))?.value).toBe('b');
    });

    it(
      'is swept a bounded number at a time, and what lives is never swept',
      async () => {
        const rows = shareHome(bench, home);
        for (let i = 0; i < 25; i += 1) await rows.put(`short${i}`, i, { seconds: 10, indexes: { client: 'c' } });
        for (let i = 0; i < 5; i += 1) await rows.put(`long${i}`, i, { seconds: 20, indexes: { client: 'c' } });
        expect(await bench.storage[home].sweep(10)).toBe(0);
        bench.clock.advance(10_000);
        // A store may clean up by itself, so that fewer are left to sweep; never more than asked.
        for (let turn = 0; turn < 4; turn += 1) expect(await bench.storage[home].sweep(10)).toBeLessThanOrEqual(10);
        expect(await rows.keysOf('client', 'c')).toEqual(['long0', 'long1', 'long2', 'long3', 'long4']);
      },
      patience,
    );
  });
}
