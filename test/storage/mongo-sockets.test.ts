// Whatever Node says of a connection that is gone is an outage for the person; everything else stays a bug.
import { expect, it } from '@jest/globals';
import { AppError } from '../../src/errors.ts';
import { toFailure } from '../../src/storage/mongo/failures.ts';

const errorWith = (fields: object) => Object.assign(new Error('write'), fields);

it.each([
  { code: 'EPIPE', syscall: 'write' },
  { code: 'ECONNRESET', syscall: 'read' },
  // What net says by itself when the other side has ended the connection before: it asks no system.
  { code: 'EPIPE' },
  { code: 'ERR_STREAM_DESTROYED' },
])('%j is an outage', (fields) => {
  const cause = errorWith(fields);
  const failure = toFailure(cause) as AppError;
  expect(failure).toBeInstanceOf(AppError);
  expect([failure.code, failure.cause]).toEqual(['unavailable', cause]);
});

it.each([errorWith({}), errorWith({ code: 'ERR_INVALID_ARG_TYPE' }), new TypeError('x is undefined'), undefined])(
  '%p is a bug',
  (error) => {
    expect(toFailure(error)).toBe(error);
  },
);
