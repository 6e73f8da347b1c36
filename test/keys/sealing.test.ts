// Sealing: what is remembered of earlier openings changes nothing of what can be opened.
import { expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createRing } from '../../src/keys/rings.ts';
import { createSealing } from '../../src/keys/sealing.ts';

const secret = randomBytes(32).toString('base64url');
const createSeals = (key = secret) => createSealing(createRing([{ id: 'one', key }], 'sealing'));
const place = 'account:1';

/** Sealed by another process, so that nothing of it is remembered; and one that has just been sealed and opened here. */
const cases = [
  ['sealed elsewhere', () => ({ seals: createSeals(), sealed: createSeals().seal({ name: 'Jane' }, place) })],
  [
    'sealed and opened here',
    () => {
      const seals = createSeals();
      const sealed = seals.seal({ name: 'Jane' }, place);
      seals.open(sealed, place);
      return { seals, sealed };
    },
  ],
] as const;

test.each(cases)('%s: it opens, each time as a value of its own', (_, start) => {
  const { seals, sealed } = start();
  const first = seals.open<{ name: string }>(sealed, place);
  first.name = 'changed';
  expect(seals.open(sealed, place)).toEqual({ name: 'Jane' });
});

test.each(cases)('%s: it does not open in another place', (_, start) => {
  const { seals, sealed } = start();
  expect(() => seals.open(sealed, 'account:2')).toThrow();
  expect(seals.open(sealed, place)).toEqual({ name: 'Jane' });
});

test.each(cases)('%s: whatever character is changed, it does not open', (_, start) => {
  const { seals, sealed } = start();
  for (let at = 0; at < sealed.length - 1; at += 1) {
    const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
    expect(() => seals.open(changed, place)).toThrow();
  }
});

test('a key that is not in the ring opens nothing', () => {
  const sealed = createSeals(randomBytes(32).toString('base64url')).seal('text', place);
  expect(() => createSeals().open(sealed, place)).toThrow();
});
