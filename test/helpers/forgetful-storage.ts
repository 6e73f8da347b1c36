// A store that is broken on purpose: it lets every spend pass, as if nobody had spent before.
import type { Ledger, Storage } from '../../src/storage/port.ts';

const limitOf = ({ rules }: Ledger) => Math.min(...rules.map((rule) => ('limit' in rule ? rule.limit : 1)));

export function forgetSpends({ expiring, ...rest }: Storage): Storage {
  const spend: typeof expiring.spend = async (_, ledgers) => ({
    ok: true,
    left: Object.fromEntries(ledgers.map((ledger) => [ledger.name, limitOf(ledger)])),
  });
  return { ...rest, expiring: { ...expiring, spend, look: spend } };
}
