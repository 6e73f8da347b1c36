// Laws of several ledgers together: all or nothing, refund and forgiveness.
import { describe, expect, it } from '@jest/globals';
import type { Ledger } from '../../../src/storage/port.ts';
import { raceSpends } from '../races.ts';
import { patience, type Bench } from './bench.ts';

const challenge: Ledger = { name: 'challenge', rules: [{ limit: 2, seconds: 600 }] };
const hourly: Ledger = { name: 'hourly', rules: [{ limit: 5, seconds: 3600 }] };
const sends: Ledger = { name: 'sends', rules: [{ gaps: [30, 60], resetSeconds: 300 }] };

export function stateLedgerLaws(bench: Bench): void {
  const spend = (...ledgers: Ledger[]) => bench.storage.expiring.spend('address', ledgers);

  describe('several ledgers', () => {
    it('are spent all or none', async () => {
      const retryAt = bench.clock.now() + 600_000;
      expect(await spend(challenge, hourly)).toEqual({ ok: true, left: { challenge: 1, hourly: 4 } });
      expect(await spend(challenge, hourly)).toEqual({ ok: true, left: { challenge: 0, hourly: 3 } });
      for (let i = 0; i < 9; i += 1) expect(await spend(hourly, challenge)).toEqual({ ok: false, ledger: 'challenge', retryAt });
      expect(await spend(hourly)).toEqual({ ok: true, left: { hourly: 2 } });
    });

    it('answer with the one that stays shut longest', async () => {
      const short: Ledger = { name: 'short', rules: [{ limit: 1, seconds: 10 }] };
      const long: Ledger = { name: 'long', rules: [{ limit: 1, seconds: 100 }] };
      await spend(short, long);
      const refusal = { ok: false, ledger: 'long', retryAt: bench.clock.now() + 100_000 };
      expect(await spend(short, long)).toEqual(refusal);
      expect(await spend(long, short)).toEqual(refusal);
    });

    it(
      'pass together in a race as often as the tightest allows, and no ledger pays for a refusal',
      async () => {
        expect(await raceSpends(bench.storage.expiring, [hourly, challenge], 200)).toBe(2);
        expect(await bench.storage.expiring.spend('race', [hourly])).toEqual({ ok: true, left: { hourly: 2 } });
      },
      patience,
    );
  });

  describe('a refund', () => {
    it('takes back the newest spend of the named ledgers alone', async () => {
      const start = bench.clock.now();
      await spend(challenge, hourly);
      bench.clock.advance(1_000);
      await spend(challenge, hourly);
      await bench.storage.expiring.refund('address', ['challenge']);
      expect(await spend(challenge)).toEqual({ ok: true, left: { challenge: 0 } });
      // The older of the two stayed: it is the one whose window ends first.
      expect(await spend(challenge)).toMatchObject({ ok: false, retryAt: start + 600_000 });
      expect(await spend(hourly)).toEqual({ ok: true, left: { hourly: 2 } });
    });

    it('of what was never spent changes nothing', async () => {
      await spend(hourly);
      await bench.storage.expiring.refund('address', ['hourly', 'hourly', 'challenge']);
      await bench.storage.expiring.refund('nobody', ['hourly']);
      expect(await spend(hourly, challenge)).toEqual({ ok: true, left: { hourly: 4, challenge: 1 } });
    });

    it('shortens a run of gaps as if the spend had not been', async () => {
      const start = bench.clock.now();
      await spend(sends);
      bench.clock.advance(30_000);
      await spend(sends);
      await bench.storage.expiring.refund('address', ['sends']);
      expect(await spend(sends)).toEqual({ ok: true, left: {} });
      await bench.storage.expiring.refund('address', ['sends', 'sends']);
      expect(await spend(sends)).toEqual({ ok: true, left: {} });
      expect(await spend(sends)).toMatchObject({ retryAt: start + 60_000 });
    });

    it('in parallel takes back one each', async () => {
      for (let i = 0; i < 5; i += 1) await spend(hourly);
      await Promise.all([1, 2, 3].map(() => bench.storage.expiring.refund('address', ['hourly'])));
      expect(await spend(hourly)).toEqual({ ok: true, left: { hourly: 2 } });
    });
  });

  describe('forgiveness', () => {
    it('forgets every spend of the named ledgers alone', async () => {
      await spend(challenge, hourly);
      await spend(challenge, hourly);
      await bench.storage.expiring.forgive('address', ['challenge', 'unknown']);
      expect(await spend(challenge, hourly)).toEqual({ ok: true, left: { challenge: 1, hourly: 2 } });
    });
  });
}
