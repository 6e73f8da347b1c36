// Clicks on one challenge take turns: the next one comes whatever the last one heard, unless there is nobody to ask.
import { expect, test } from '@jest/globals';
import { createTurns } from '../../../src/domain/challenges/turns.ts';
import { AppError } from '../../../src/errors.ts';

const refuse = (code: 'code_wrong' | 'unavailable') => () => Promise.reject(new AppError(code));
const answer = () => Promise.resolve('asked');

test('a click is tried after one whose code was wrong', async () => {
  const take = createTurns();
  const first = take('challenge', refuse('code_wrong'));
  const second = take('challenge', answer);
  await expect(first).rejects.toEqual(new AppError('code_wrong'));
  expect(await second).toBe('asked');
});

test('a store that does not answer the first of several clicks is asked for none that waits, and again for the next', async () => {
  const take = createTurns();
  const clicks = [take('challenge', refuse('unavailable')), take('challenge', answer), take('challenge', answer)];
  const unavailable = { status: 'rejected', reason: new AppError('unavailable') };
  expect(await Promise.allSettled(clicks)).toEqual([unavailable, unavailable, unavailable]);
  expect(await take('challenge', answer)).toBe('asked');
});
