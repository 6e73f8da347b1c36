// The ledgers: per partition and name the times of the recent spends, 8 bytes each. Which of them count is said by the rules of each call.
import type { DatabaseSync } from 'node:sqlite';
import type { Ledger, Spent } from '../port.ts';
import { countLeft, findHorizon, findOpening, keepNeeded } from './windows.ts';

const nothing = new Float64Array();

export function openLedgers(database: DatabaseSync, now: () => number) {
  const read = database.prepare('SELECT spends FROM ledgers WHERE partition = ? AND name = ?');
  const write = database.prepare(
    `INSERT INTO ledgers (partition, name, spends, expires_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (partition, name) DO UPDATE SET spends = excluded.spends, expires_at = excluded.expires_at`,
  );
  const shorten = database.prepare('UPDATE ledgers SET spends = ? WHERE partition = ? AND name = ?');
  const forget = database.prepare('DELETE FROM ledgers WHERE partition = ? AND name = ?');
  const sweep = database.prepare(
    'DELETE FROM ledgers WHERE (partition, name) IN (SELECT partition, name FROM ledgers WHERE expires_at <= ? LIMIT ?)',
  );

  function load(partition: string, name: string): Float64Array {
    const found = read.get(partition, name)?.spends as Uint8Array | undefined;
    // Copied, for the bytes may lie where numbers can't.
    return found ? new Float64Array(found.slice().buffer) : nothing;
  }

  /** Of several refusals the one that lasts longest answers. `kept`: what each ledger would hold after the spend. */
  function judge(partition: string, ledgers: readonly Ledger[]): { spent: Spent; kept: Float64Array[] } {
    if (new Set(ledgers.map(({ name }) => name)).size < ledgers.length) throw new TypeError('A ledger is named twice in one spend');
    const time = now();
    const loaded = ledgers.map((ledger) => ({ ...ledger, spends: load(partition, ledger.name) }));

    const refusals = loaded.map(({ name, rules, spends }) => ({
      ok: false as const,
      ledger: name,
      retryAt: findOpening(rules, spends, time),
    }));
    const refusal = refusals.reduce((last, next) => (next.retryAt > last.retryAt ? next : last), {
      ok: false as const,
      ledger: '',
      retryAt: time,
    });
    if (refusal.retryAt > time) return { spent: refusal, kept: [] };

    const kept = loaded.map(({ rules, spends }) => append(keepNeeded(rules, spends, time), time));
    const left: Record<string, number> = {};
    for (const [at, { name, rules }] of loaded.entries()) {
      const more = countLeft(rules, kept[at]!, time);
      if (more !== undefined) left[name] = more;
    }
    return { spent: { ok: true, left }, kept };
  }

  return {
    look: (partition: string, ledgers: readonly Ledger[]): Spent => judge(partition, ledgers).spent,

    /** Reads, decides, and writes only if every ledger agrees. */
    spend(partition: string, ledgers: readonly Ledger[]): Spent {
      const { spent, kept } = judge(partition, ledgers);
      for (const [at, spends] of kept.entries()) {
        const { name, rules } = ledgers[at]!;
        write.run(partition, name, bytesOf(spends), spends.at(-1)! + findHorizon(rules) * 1000);
      }
      return spent;
    },

    refund(partition: string, names: readonly string[]): void {
      for (const name of names) {
        const spends = load(partition, name);
        if (spends.length > 1) shorten.run(bytesOf(spends.subarray(0, -1)), partition, name);
        else forget.run(partition, name);
      }
    },

    forgive(partition: string, names: readonly string[]): void {
      for (const name of names) forget.run(partition, name);
    },

    sweep(limit: number): number {
      return Number(sweep.run(now(), limit).changes);
    },
  };
}

/** Ascending even when the clock stepped back (or is another process's): counting too long is allowed, too short never. */
function append(spends: Float64Array, time: number): Float64Array {
  const longer = new Float64Array(spends.length + 1);
  longer.set(spends);
  longer[spends.length] = Math.max(time, spends.at(-1) ?? time);
  return longer;
}

function bytesOf(spends: Float64Array): Uint8Array {
  return new Uint8Array(spends.buffer, spends.byteOffset, spends.byteLength);
}
