// The stages of the writes that depend on what is there: computed by the server, on the document that it holds locked.

/** Next comes a row that is absent: an expired one loses all but its id, as it is for an upsert that begins from nothing. */
export function forgetExpired(time: Date) {
  // Any date comes after null, which a missing field is compared as.
  const expired = { $and: [{ $gt: ['$expiresAt', null] }, { $lte: ['$expiresAt', time] }] };
  return { $replaceWith: { $cond: [expired, { _id: '$_id' }, '$$ROOT'] } };
}

/** 1 for a row that was absent. */
export const addVersion = { $add: [{ $ifNull: ['$version', 0] }, 1] };

/** Only a row that is there has a version. */
export const isAbsent = { $eq: [{ $type: '$version' }, 'missing'] };
