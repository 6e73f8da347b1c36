// One mongod and one Redis for all tests of a run that go over them: before the first test, and after the last.
import { startMongod, type Mongod } from '../helpers/mongod-process.ts';
import { startRedis, type RedisServer } from '../helpers/redis-process.ts';

let mongod: Mongod | undefined;
let redis: RedisServer | undefined;

export async function start(): Promise<void> {
  [mongod, redis] = await Promise.all([startMongod(), startRedis()]);
  // Jest's workers begin with this environment.
  process.env.TEST_MONGO_URL = mongod.urlOf('');
  process.env.TEST_REDIS_URL = redis.url;
}

export async function stop(): Promise<void> {
  await Promise.all([mongod?.close(), redis?.stop()]);
}
