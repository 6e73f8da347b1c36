// Tests on a real Redis. Where there is none they are left out and named on the console; with REQUIRE_REAL=1 they fail instead.
import { describe } from '@jest/globals';
import { findRedis, mustBeReal } from './binaries.ts';

export { startRedis, type RedisOptions, type RedisServer } from './redis-process.ts';

const mayRun = mustBeReal || findRedis() !== undefined;
const { skip } = describe;

export const describeOnRedis: (title: string, tests: () => void) => void = mayRun
  ? describe
  : (title, tests) => {
      process.stderr.write(`left out, as there is no redis-server (REDIS_SERVER_PATH): ${title}\n`);
      skip(title, tests);
    };
