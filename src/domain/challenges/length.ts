// How long a code has to be. An address that strangers have guessed at gets longer ones in their lane, never a lock: whoever owns it
// and comes with a new browser is a stranger, too.
import type { Expiring } from '../../storage/port.ts';
import type { Lane } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import { addressTries, tryPartition, type TryLimits } from '../limits/ledgers.ts';
import { codeDigits } from './code.ts';
import type { Failures } from './failures.ts';

type Limits = TryLimits & { strangerFailures: number };

type Deps = { expiring: Expiring; failures: Failures; limits: Limits };

export function createCodeLength({ expiring, failures, limits }: Deps) {
  /** Of a code that is about to be made. That it is judged a moment before the next wrong try costs at most that challenge's tries. */
  return async function chooseDigits(identifier: Identifier, lane: Lane): Promise<number> {
    if (lane === 'known') return codeDigits.usual;
    const [tries, failed] = await Promise.all([
      expiring.look(tryPartition(identifier, lane), [addressTries(limits)]),
      failures.count(identifier.key, lane),
    ]);
    return tries.ok && failed < limits.strangerFailures ? codeDigits.usual : codeDigits.long;
  };
}
