// Tests on a real mongod. Where there is none they are left out and named on the console; with REQUIRE_REAL=1 they fail instead.
import { afterAll, beforeAll, describe } from '@jest/globals';
import { mongo } from '../../src/config/schema/storage.ts';
import type { MongoSettings } from '../../src/storage/mongo/connection.ts';
import { findMongod, mustBeReal } from './binaries.ts';
import { startMongod, type Mongod } from './mongod-process.ts';

export { startMongod, type Mongod } from './mongod-process.ts';

const patience = 60_000;
const { skip } = describe;

const mayRun = findMongod() !== undefined || mustBeReal;
const describeIfReal: (title: string, tests: () => void) => void = mayRun
  ? describe
  : (title, tests) => {
      process.stderr.write(`left out, as there is no mongod (MONGOMS_SYSTEM_BINARY): ${title}\n`);
      skip(title, tests);
    };

/** `server.mongod` is there from the first test to the last. */
export function describeOnMongod(title: string, tests: (server: { mongod: Mongod }) => void): void {
  const server = {} as { mongod: Mongod };
  describeIfReal(title, () => {
    beforeAll(async () => {
      server.mongod = await startMongod();
    }, patience);
    afterAll(() => server.mongod?.close(), patience);
    tests(server);
  });
}

/** The settings as they are by default, of a database of its own: with another name each, tests share nothing. */
export function settingsOf(mongod: Mongod, database: string): MongoSettings {
  return { ...mongo.parse({}), url: mongod.urlOf(database) };
}
