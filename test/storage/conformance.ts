// The law of the storage contract. Every driver passes it, alone and as it is: `open` answers an empty storage on the clock that it is given.
import { describe } from '@jest/globals';
import { prepareBench, type Open } from './laws/bench.ts';
import { stateExpiringLaws } from './laws/expiring.ts';
import { stateExpiryLaws } from './laws/expiry.ts';
import { stateLedgerLaws } from './laws/ledgers.ts';
import { stateRecordsLaws } from './laws/records.ts';
import { stateRowLaws } from './laws/rows.ts';
import { stateSpendingLaws } from './laws/spending.ts';
import { stateValueLaws } from './laws/values.ts';

export function describeStorage(name: string, open: Open): void {
  describe(`${name} keeps the contract:`, () => {
    const bench = prepareBench(open);
    for (const state of [
      stateRowLaws,
      stateExpiryLaws,
      stateValueLaws,
      stateRecordsLaws,
      stateExpiringLaws,
      stateSpendingLaws,
      stateLedgerLaws,
    ]) {
      state(bench);
    }
  });
}
