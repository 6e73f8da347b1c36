// The stages of the writes, computed by the server on the document that it holds locked.
import type { Meta } from '../port.ts';
import { encodeMeta, encodeValue } from './documents.ts';

/** The server's word for a stage of `refuseAfter` that made no document of it. */
export const refusedCode = 40228;

/** After the deadline the whole command fails, and nothing is written: no document can be replaced by null. */
export function refuseAfter(deadline: Date) {
  return { $replaceWith: { $cond: [{ $gt: ['$$NOW', deadline] }, null, '$$ROOT'] } };
}

/** Next comes a row that is absent: an expired one loses all but its id, as it is for an upsert that begins from nothing. */
export function forgetExpired(time: Date) {
  // Any date comes after null, which a missing field is compared as.
  const expired = { $and: [{ $gt: ['$expiresAt', null] }, { $lte: ['$expiresAt', time] }] };
  return { $replaceWith: { $cond: [expired, { _id: '$_id' }, '$$ROOT'] } };
}

/** A new value with its indexes and its end; the mark stays. */
export function writeRow(value: unknown, meta: Meta | undefined) {
  const fields = Object.entries({ value: encodeValue(value), ...encodeMeta(meta) });
  // Literal: text that begins with $ is text here, never an expression.
  const literals = Object.fromEntries(fields.map(([name, field]) => [name, { $literal: field }]));
  return { $replaceWith: { _id: '$_id', version: addVersion, markedAt: '$markedAt', ...literals } };
}

/** 1 for a row that was absent. */
export const addVersion = { $add: [{ $ifNull: ['$version', 0] }, 1] };

/** Only a row that is there has a version. */
export const isAbsent = { $eq: [{ $type: '$version' }, 'missing'] };
