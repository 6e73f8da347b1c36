// Laws of the ledgers: sliding windows, gaps, all or nothing, refund and forgiveness.
import { describe, expect, it } from '@jest/globals';
import type { Ledger } from '../../../src/storage/port.ts';
import { raceSpends } from '../races.ts';
import { patience, type Bench } from './bench.ts';

const tries: Ledger = { name: 'tries', rules: [{ limit: 3, seconds: 60 }] };
const sends: Ledger = { name: 'sends', rules: [{ gaps: [30, 60], resetSeconds: 300 }] };

export function stateSpendingLaws(bench: Bench): void {
  const spend = (...ledgers: Ledger[]) => bench.storage.expiring.spend('address', ledgers);
  const left = async (...ledgers: Ledger[]) => {
    const spent = await spend(...ledgers);
    return spent.ok ? spent.left : spent;
  };

  describe('a window', () => {
    it('allows its limit, says what is left, and when the next one is allowed to the millisecond', async () => {
      const start = bench.clock.now();
      expect(await left(tries)).toEqual({ tries: 2 });
      bench.clock.advance(1_000);
      expect(await left(tries)).toEqual({ tries: 1 });
      bench.clock.advance(1_000);
      expect(await left(tries)).toEqual({ tries: 0 });
      expect(await spend(tries)).toEqual({ ok: false, ledger: 'tries', retryAt: start + 60_000 });
      bench.clock.advance(57_999);
      expect(await spend(tries)).toEqual({ ok: false, ledger: 'tries', retryAt: start + 60_000 });
      bench.clock.advance(1);
      expect(await left(tries)).toEqual({ tries: 0 });
      expect(await spend(tries)).toEqual({ ok: false, ledger: 'tries', retryAt: start + 61_000 });
      bench.clock.advance(60_000);
      expect(await left(tries)).toEqual({ tries: 2 });
    });

    it('can be looked at: the answer is that of a spend, and costs nothing', async () => {
      const look = (...ledgers: Ledger[]) => bench.storage.expiring.look('address', ledgers);
      for (const more of [2, 1, 0]) {
        for (let i = 0; i < 3; i += 1) expect(await look(tries, sends)).toEqual({ ok: true, left: { tries: more } });
        expect(await left(tries)).toEqual({ tries: more });
      }
      const refusal = await look(sends, tries);
      expect(refusal).toMatchObject({ ok: false, ledger: 'tries' });
      expect(await spend(sends, tries)).toEqual(refusal);
    });

    it('slides: no span of its length ever holds more than the limit', async () => {
      const passed: number[] = [];
      for (let second = 0; second < 300; second += 1) {
        if ((await spend(tries)).ok) passed.push(second);
        bench.clock.advance(1_000);
      }
      for (const second of passed) expect(passed.filter((other) => other >= second && other < second + 60).length).toBeLessThanOrEqual(3);
      expect(passed.length).toBe(15);
    });

    it('bows to the strictest of its rules, and a refusal costs nothing', async () => {
      const strict: Ledger = {
        name: 'strict',
        rules: [
          { limit: 2, seconds: 10 },
          { limit: 3, seconds: 100 },
        ],
      };
      const start = bench.clock.now();
      expect(await left(strict)).toEqual({ strict: 1 });
      expect(await left(strict)).toEqual({ strict: 0 });
      for (let i = 0; i < 5; i += 1) expect(await spend(strict)).toEqual({ ok: false, ledger: 'strict', retryAt: start + 10_000 });
      bench.clock.advance(10_000);
      expect(await left(strict)).toEqual({ strict: 0 });
      expect(await spend(strict)).toEqual({ ok: false, ledger: 'strict', retryAt: start + 100_000 });
    });

    it('that was narrowed still refuses until enough has left', async () => {
      const start = bench.clock.now();
      for (let i = 0; i < 3; i += 1) {
        await spend(tries);
        bench.clock.advance(1_000);
      }
      const narrowed: Ledger = { name: 'tries', rules: [{ limit: 1, seconds: 60 }] };
      expect(await spend(narrowed)).toEqual({ ok: false, ledger: 'tries', retryAt: start + 62_000 });
    });

    it('counts for one partition alone', async () => {
      for (let i = 0; i < 3; i += 1) await spend(tries);
      expect((await bench.storage.expiring.spend('other', [tries])).ok).toBe(true);
      expect((await spend(tries)).ok).toBe(false);
    });

    it('survives a sweep while it matters', async () => {
      for (let i = 0; i < 3; i += 1) await spend(tries);
      bench.clock.advance(59_999);
      await bench.storage.expiring.sweep(100);
      expect((await spend(tries)).ok).toBe(false);
      bench.clock.advance(1);
      await bench.storage.expiring.sweep(100);
      expect(await left(tries)).toEqual({ tries: 2 });
    });

    it(
      'passes five of five hundred parallel spends against a limit of five',
      async () => {
        expect(await raceSpends(bench.storage.expiring, [{ name: 'race', rules: [{ limit: 5, seconds: 600 }] }], 500)).toBe(5);
      },
      patience,
    );
  });

  describe('a gap rule', () => {
    it('waits the first gap after the first spend, then the next; the last gap repeats', async () => {
      expect(await left(sends)).toEqual({});
      for (const gap of [30, 60, 60, 60]) {
        const retryAt = bench.clock.now() + gap * 1000;
        bench.clock.advance(gap * 1000 - 1);
        expect(await spend(sends)).toEqual({ ok: false, ledger: 'sends', retryAt });
        bench.clock.advance(1);
        expect((await spend(sends)).ok).toBe(true);
      }
    });

    it('starts anew after a pause, not a millisecond earlier', async () => {
      for (const pause of [30_000, 60_000, 299_999]) {
        expect((await spend(sends)).ok).toBe(true);
        bench.clock.advance(pause);
      }
      // The third pause was a millisecond short: the fourth spend still waits the last gap.
      expect((await spend(sends)).ok).toBe(true);
      expect(await spend(sends)).toMatchObject({ retryAt: bench.clock.now() + 60_000 });
      bench.clock.advance(300_000);
      expect((await spend(sends)).ok).toBe(true);
      expect(await spend(sends)).toMatchObject({ retryAt: bench.clock.now() + 30_000 });
    });

    it(
      'lets one of a hundred parallel sends through',
      async () => {
        expect(await raceSpends(bench.storage.expiring, [sends], 100)).toBe(1);
      },
      patience,
    );

    it('agrees with windows of the same ledger: the later of both answers', async () => {
      const both: Ledger = {
        name: 'both',
        rules: [
          { gaps: [30], resetSeconds: 300 },
          { limit: 2, seconds: 100 },
        ],
      };
      const start = bench.clock.now();
      expect(await left(both)).toEqual({ both: 1 });
      expect(await spend(both)).toMatchObject({ retryAt: start + 30_000 });
      bench.clock.advance(30_000);
      expect(await left(both)).toEqual({ both: 0 });
      expect(await spend(both)).toMatchObject({ retryAt: start + 100_000 });
    });
  });
}
