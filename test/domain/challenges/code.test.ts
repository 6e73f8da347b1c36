// What no flow can wait for: the two codes of a sign-in that would have been equal.
import { expect, test } from '@jest/globals';
import { chooseCounter, deriveCode } from '../../../src/domain/challenges/code.ts';
import { generateSecrets } from '../../../src/keys/generate.ts';
import { createKeys } from '../../../src/keys/keys.ts';

const keys = createKeys(generateSecrets());

/** One digit makes equal codes common: one challenge in ten would have its sign-in's other code. */
const challengeOf = (id: string) => ({
  id,
  purpose: 'sign-in' as const,
  channel: 'phone' as const,
  identifier: { channel: 'phone' as const, address: '+447400100001', key: 'key', mailbox: 'mailbox' },
  pepper: keys.currentPepper,
  digits: 1,
});

test('the two codes of a sign-in are never equal, whichever the other one is', () => {
  for (let id = 0; id < 100; id += 1) {
    for (let other = 0; other < 10; other += 1) {
      const challenge = challengeOf(`challenge ${id}`);
      const code = deriveCode(keys, { ...challenge, counter: chooseCounter(keys, challenge, String(other)) });
      expect(code).toMatch(/^\d$/);
      expect(code).not.toBe(String(other));
    }
  }
});

test('the counter moves only where the codes would have been equal', () => {
  const moved = Array.from({ length: 200 }, (_, id) => {
    const challenge = challengeOf(`challenge ${id}`);
    const counter = chooseCounter(keys, challenge, '7');
    expect(counter === 0).toBe(deriveCode(keys, { ...challenge, counter: 0 }) !== '7');
    return counter > 0;
  });
  expect(moved).toContain(true);
});
