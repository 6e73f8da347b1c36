// Jest runs the TypeScript sources as native ES modules; a transform only strips the types.
// Every flow of the whole program runs twice: over the embedded store, and over a real MongoDB and Redis.
import { findMongod, findRedis, mustBeReal } from './test/helpers/binaries.ts';

const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
  setupFiles: ['<rootDir>/test/setup/realm.ts'],
};

const embedded = { ...common, displayName: 'embedded', testMatch: ['<rootDir>/test/**/*.test.ts'] };

const servers = {
  ...common,
  displayName: 'servers',
  testMatch: ['<rootDir>/test/flows/**/*.test.ts'],
  globals: { testStore: 'servers' },
  globalSetup: '<rootDir>/test/setup/start.ts',
  globalTeardown: '<rootDir>/test/setup/stop.ts',
};

const missing = [findMongod() ? [] : 'mongod', findRedis() ? [] : 'redis-server'].flat();
const left = missing.length > 0 && !mustBeReal;
if (left) process.stderr.write(`left out, as there is no ${missing.join(' and no ')}: the flows over MongoDB and Redis\n`);

export default {
  projects: left ? [embedded] : [embedded, servers],
  testTimeout: 30_000,
  maxWorkers: 2,
  collectCoverageFrom: ['src/**/*.ts'],
};
