// How long a program waits for MongoDB and Redis. A busy machine's are slow at times, and that is no outage: only tests of
// outages wait as short as operators do.
import { schema } from '../../src/config/schema/index.ts';

export const patientTimeouts = {
  mongo: { answerTimeoutMs: 20_000, maxTimeMs: 20_000, serverSelectionTimeoutMs: 20_000, connectTimeoutMs: 20_000 },
  redis: { commandTimeoutMs: 20_000, connectTimeoutMs: 20_000 },
};

const { mongo, redis } = schema.parse({});

/** As they are by default. */
export const promptTimeouts = {
  mongo: { ...mongo },
  redis: { commandTimeoutMs: redis.commandTimeoutMs, connectTimeoutMs: redis.connectTimeoutMs },
};
