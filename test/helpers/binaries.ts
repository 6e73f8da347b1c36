// Where the real servers are: what the environment names, what `.ci/run` fetched, or the first one on the PATH.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const cached = join(import.meta.dirname, '../../.cache/mongod/mongod');

/** Where a server is missing its tests fail then, instead of being left out. */
export const mustBeReal = process.env.REQUIRE_REAL === '1';

export function findMongod(): string | undefined {
  return process.env.MONGOMS_SYSTEM_BINARY || [cached, ...onPath('mongod')].find(isExecutable);
}

export function findRedis(): string | undefined {
  return process.env.REDIS_SERVER_PATH || onPath('redis-server').find(isExecutable);
}

function onPath(name: string): string[] {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
