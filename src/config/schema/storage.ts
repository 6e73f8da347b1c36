// Where data lives.
import { z } from 'zod';
import { group, seconds, setting, url } from './setting.ts';

export const database = group({
  url: setting(
    z
      .string()
      .regex(/^(sqlite:.+|mongodb(\+srv)?:\/\/.+)$/, 'must start with sqlite: or mongodb://')
      .default('sqlite:./data/latchkey.db'),
    'The durable store: `sqlite:<file>` (embedded, one machine; relative to the working directory). `mongodb://…` is reserved: this version has no driver for it.',
    { env: 'DATABASE_URL', secret: true },
  ),
  sweepSeconds: seconds(60, 'How often expired rows are cleaned up. Expiry itself is checked at every read.'),
});

export const redis = group({
  url: setting(
    url(/^rediss?:$/, 'must be a URL that starts with redis:// or rediss://').optional(),
    'The store for expiring data, required beside MongoDB.',
    {
      env: 'REDIS_URL',
      secret: true,
    },
  ),
});
