// Signing keys: there is one of each algorithm that signs now, and none signs for longer than the settings want.
import type { KeyInfo } from '../../keys/signing/key.ts';
import type { Finding } from './finding.ts';

const dayMs = 86_400_000;
/** Nodes make the successor by themselves; only where none runs, or they can't, does a key grow older than this beyond its time. */
const graceDays = 3;

export type KeyRules = { algorithms: readonly string[]; rotateDays: number };

export function judgeKeys(keys: readonly KeyInfo[], { algorithms, rotateDays }: KeyRules, now: number): Finding {
  const check = 'signing keys';
  const signing = keys.filter(({ state }) => state === 'signing');
  const missing = algorithms.filter((alg) => signing.every((key) => key.alg !== alg));
  if (missing.length > 0)
    return {
      check,
      status: keys.length === 0 ? 'warn' : 'fail',
      says: `No ${missing.join(' and no ')} key signs.`,
      todo: 'Start a node: it makes what is missing. See `latchkey keys list`.',
    };
  const ageOf = ({ signsFrom }: KeyInfo) => Math.floor((now - signsFrom) / dayMs);
  const ages = signing.map((key) => `${key.alg} for ${ageOf(key)} days`).join(', ');
  const old = rotateDays > 0 && signing.some((key) => ageOf(key) > rotateDays + graceDays);
  if (old)
    return {
      check,
      status: 'warn',
      says: `Some sign for longer than ${rotateDays} days: ${ages}.`,
      todo: 'Nodes succeed them by themselves: see that one runs, or `latchkey keys rotate`.',
    };
  return { check, status: 'ok', says: `Signing: ${ages}.` };
}
