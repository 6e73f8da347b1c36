// Jest's transform: blanks out the types, as Node itself does. Positions stay, so no source map is needed.
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  // Whether Jest instruments the result for coverage is part of what is cached.
  getCacheKey: (source, file, { instrument }) =>
    createHash('sha256')
      .update(JSON.stringify([process.version, file, source, instrument]))
      .digest('hex'),
};
