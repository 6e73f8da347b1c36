// The ledgers of a partition: asked and answered in the contract's words.
import type { Ledger, Spent } from '../port.ts';
import type { Home } from './home.ts';

type Answer = [ok: 1, ...left: number[]] | [ok: 0, refusing: number, retryAt: string];

export function openLedgers({ client, calls, names, now }: Home) {
  const keysOf = (partition: string, ledgers: readonly string[]) => ledgers.map((name) => names.ledger(partition, name));

  async function ask(partition: string, ledgers: readonly Ledger[], what: 'spend' | 'look'): Promise<Spent> {
    if (new Set(ledgers.map(({ name }) => name)).size < ledgers.length) throw new TypeError('A ledger is named twice in one spend');
    const time = now();
    const keys = keysOf(
      partition,
      ledgers.map(({ name }) => name),
    );
    const rules = JSON.stringify(ledgers.map((ledger) => ledger.rules));
    const answer = (await calls.call((deadline) => client.spendLedgers(keys.length, ...keys, deadline, time, rules, what))) as Answer;
    if (answer[0] === 0) return { ok: false, ledger: ledgers[answer[1] - 1]!.name, retryAt: Number(answer[2]) };
    const left: Record<string, number> = {};
    for (const [i, { name }] of ledgers.entries()) {
      const more = Number(answer[i + 1]);
      if (more >= 0) left[name] = more;
    }
    return { ok: true, left };
  }

  return {
    spend: (partition: string, ledgers: readonly Ledger[]) => ask(partition, ledgers, 'spend'),
    look: (partition: string, ledgers: readonly Ledger[]) => ask(partition, ledgers, 'look'),

    async refund(partition: string, ledgers: readonly string[]): Promise<void> {
      if (ledgers.length === 0) return;
      const keys = keysOf(partition, ledgers);
      await calls.call((deadline) => client.refundLedgers(keys.length, ...keys, deadline));
    },

    async forgive(partition: string, ledgers: readonly string[]): Promise<void> {
      if (ledgers.length === 0) return;
      const keys = keysOf(partition, ledgers);
      await calls.call((deadline) => client.forgiveLedgers(keys.length, ...keys, deadline));
    },
  };
}
