// The arithmetic of spends: what a ledger's rules say of the times of its spends. Times are ascending milliseconds.
import type { GapRule, Ledger, WindowRule } from '../port.ts';

type Rules = Ledger['rules'];

/** A run's length matters up to the last gap; this many more are kept, so that refunds can shorten it and it's still right. */
const refundable = 16;

/** When the rules allow the next spend, if nobody else spends; not after `now`: they allow it now. */
export function findOpening(rules: Rules, spends: Float64Array, now: number): number {
  return Math.max(now, ...rules.map((rule) => ('gaps' in rule ? endOfGap(rule, spends, now) : endOfWindow(rule, spends, now))));
}

/** How many more the tightest window allows; undefined if no rule is a window. */
export function countLeft(rules: Rules, spends: Float64Array, now: number): number | undefined {
  const counts = rules.flatMap((rule) => ('gaps' in rule ? [] : [Math.max(0, rule.limit - countSince(spends, now - rule.seconds * 1000))]));
  return counts.length > 0 ? Math.min(...counts) : undefined;
}

/** The spends that some rule still needs. */
export function keepNeeded(rules: Rules, spends: Float64Array, now: number): Float64Array {
  const needed = rules.map((rule) => ('gaps' in rule ? countRun(rule, spends, now) : countSince(spends, now - rule.seconds * 1000)));
  return spends.subarray(spends.length - Math.max(0, ...needed));
}

/** Seconds after its newest spend from which no rule needs the ledger. */
export function findHorizon(rules: Rules): number {
  return Math.max(0, ...rules.map((rule) => ('gaps' in rule ? rule.resetSeconds : rule.seconds)));
}

function endOfWindow({ limit, seconds }: WindowRule, spends: Float64Array, now: number): number {
  const window = seconds * 1000;
  if (countSince(spends, now - window) < limit) return now;
  // The oldest of the newest `limit` has to leave. A limit of 0 never opens: the answer moves on with the clock.
  return (limit > 0 ? spends[spends.length - limit]! : now) + window;
}

function endOfGap({ gaps, resetSeconds }: GapRule, spends: Float64Array, now: number): number {
  const run = countRun({ gaps, resetSeconds }, spends, now);
  if (run === 0) return now;
  const gap = gaps[Math.min(run, gaps.length) - 1] ?? 0;
  return spends.at(-1)! + Math.min(gap, resetSeconds) * 1000;
}

/** A spend stops counting at the very millisecond that its window is over. */
function countSince(spends: Float64Array, time: number): number {
  let count = 0;
  while (count < spends.length && spends[spends.length - 1 - count]! > time) count += 1;
  return count;
}

/** The spends since the last pause of `resetSeconds`, as far as they matter. */
function countRun({ gaps, resetSeconds }: GapRule, spends: Float64Array, now: number): number {
  const reset = resetSeconds * 1000;
  const most = Math.min(spends.length, gaps.length + refundable);
  let run = 0;
  let later = now;
  while (run < most && later - spends[spends.length - 1 - run]! < reset) {
    later = spends[spends.length - 1 - run]!;
    run += 1;
  }
  return run;
}
