// The history has teeth: over stores that are broken on purpose the same driver and checker find the anomaly that is to be
// expected, and over a sound one they find none.
import { expect, test } from '@jest/globals';
import { Provider } from 'oidc-provider';
import type { Storage } from '../../src/storage/port.ts';
import { startProgram } from '../helpers/program.ts';
import { openTestStorage } from '../helpers/store.ts';
import * as broken from '../storage/broken-ways.ts';
import { hurried, type Plan, tell } from './history.ts';
import type { Law } from './laws.ts';

const seed = Number(process.env.HISTORY_SEED ?? 20_261_121);
/** A small history mostly suffices; where chance was kind to the broken one, a larger one is told. */
const sizes = [150, 400, 1000];

async function tellAnomalies(breakIt: (storage: Storage) => Storage, operations: number): Promise<Law[]> {
  const storage = await openTestStorage();
  const program = await startProgram(hurried, { storage: breakIt(storage) });
  try {
    const plan = { seed: seed + operations, operations, atOnce: 12, steps: [1, 8] } satisfies Plan;
    const { anomalies } = await tell({ issuer: program.issuer, urls: [program.url] }, plan);
    return anomalies.map(({ law }) => law);
  } finally {
    await program.close();
    await storage.close();
  }
}

const sound = (storage: Storage) => storage;

/** Looks until all of `laws` were broken. */
async function findLaws(breakIt: (storage: Storage) => Storage, laws: readonly Law[]): Promise<Law[]> {
  const found = new Set<Law>();
  for (const operations of sizes) {
    if (laws.every((law) => found.has(law))) break;
    for (const law of await tellAnomalies(breakIt, operations)) found.add(law);
  }
  return [...found];
}

test('over a sound store there is no anomaly', async () => {
  expect(await tellAnomalies(sound, 300)).toEqual([]);
});

test.each<[string, (storage: Storage) => Storage, Law[]]>([
  [
    'forgets marks',
    broken.forgetMarks,
    ['one-time code used twice', 'authorization code used twice', 'refresh token used again after its child'],
  ],
  ['overwrites what it should insert', broken.overwrite, ['number with two owners']],
  ['keeps grants that were revoked', broken.keepGrants, ['active after a revocation']],
  ['keeps sessions that were signed out of', broken.keepSessions, ['active after a sign-out']],
  ['loses refresh tokens', broken.loseRefreshTokens, ['token lost']],
  ['loses authorization codes', broken.loseCodes, ['authorization code lost']],
  ['loses consents', broken.loseConsents, ['change lost']],
  ['loses sessions', broken.loseSessions, ['session lost']],
  ['loses addresses', broken.loseAddresses, ['account lost']],
])(
  'a store that %s is found out',
  async (_, breakIt, laws) => {
    expect(await findLaws(breakIt, laws)).toEqual(expect.arrayContaining(laws));
  },
  120_000,
);

test('a program whose refresh tokens are not told who their parent is is found out', async () => {
  const context = Object.getOwnPropertyDescriptor(Provider, 'ctx');
  Object.defineProperty(Provider, 'ctx', { get: () => undefined, configurable: true });
  try {
    expect(await findLaws(sound, ['refresh token with two children'])).toContain('refresh token with two children');
  } finally {
    Object.defineProperty(Provider, 'ctx', context ?? {});
  }
});
