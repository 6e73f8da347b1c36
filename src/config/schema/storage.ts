// Where data lives.
import { z } from 'zod';
import { count, group, seconds, setting } from './setting.ts';

export const database = group({
  url: setting(
    z
      .string()
      .regex(/^(sqlite:.+|mongodb(\+srv)?:\/\/.+)$/, 'must be sqlite:<file>, mongodb://… or mongodb+srv://…')
      .default('sqlite:./data/latchkey.db'),
    'The durable store: `sqlite:<file>` (embedded, one machine; relative to the working directory). `mongodb://…` or `mongodb+srv://…` (a replica set or a sharded cluster, many nodes; needs `redis.url` beside it).',
    { env: 'DATABASE_URL', secret: true },
  ),
  sweepSeconds: seconds(60, 'How often expired rows are cleaned up. Expiry itself is checked at every read.'),
});

export const mongo = group({
  minPoolSize: count(2, 'Connections to the primary that are kept open.'),
  maxPoolSize: count(50, 'Connections to the primary at most, per process; what comes beyond waits for one.'),
  answerTimeoutMs: count(
    2500,
    'Milliseconds after which an operation has failed, whatever it waited for (the primary, a connection, the answer): people then see "try again soon".',
  ),
  maxTimeMs: count(2000, 'Milliseconds that the server may work at one command, and wait for a majority to confirm a write.'),
  serverSelectionTimeoutMs: count(2500, 'Milliseconds to wait for a primary; at the start of the program, too.'),
  connectTimeoutMs: count(2000, 'Milliseconds to wait for a new connection, and for the answer to a heartbeat.'),
  socketTimeoutMs: count(
    30_000,
    'Milliseconds of silence after which a connection with a command under way is closed. Making an index after an upgrade must fit in.',
  ),
});

export const redis = group({
  url: setting(
    z
      .string()
      .regex(/^rediss?(\+(cluster|sentinel))?:\/\/.+$/, 'must start with redis://, redis+cluster:// or redis+sentinel:// (rediss for TLS)')
      .optional(),
    'The store for expiring data, required beside MongoDB: `redis://host:6379`, `redis+cluster://host:6379,host:6379`, or `redis+sentinel://host:26379,host:26379/primary`; `rediss` for TLS.',
    { env: 'REDIS_URL', secret: true },
  ),
  prefix: setting(z.string().default('latchkey:'), 'Begins every key, for a Redis that is shared.'),
  commandTimeoutMs: count(2000, 'Milliseconds after which an operation has failed.'),
  connectTimeoutMs: count(2000, 'Milliseconds to wait for a new connection.'),
});
