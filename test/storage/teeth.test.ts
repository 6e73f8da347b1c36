// The suite has teeth: the races that every driver must win are lost by a store that is broken on purpose.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import type { Storage } from '../../src/storage/port.ts';
import { breakStorage } from './broken.ts';
import { raceInserts, raceMarks, raceReplaces, raceSpends } from './races.ts';

let broken: Storage;

beforeEach(async () => {
  broken = breakStorage(await openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 60 }, Date.now));
});
afterEach(() => broken.close());

describe.each(['records', 'expiring'] as const)('a store whose %s read before they write', (home) => {
  it('has more than one first mark', async () => {
    await (home === 'records' ? broken.records.put('race', 'marked', {}) : broken.expiring.put('race', 'marked', {}, 60));
    expect(await raceMarks(broken[home], 'marked', 50)).toBeGreaterThan(1);
  });

  it('inserts one key more than once', async () => {
    expect(await raceInserts(broken, home, 50)).toBeGreaterThan(1);
  });

  it('replaces one version more than once', async () => {
    expect(await raceReplaces(broken, home, 50)).toBeGreaterThan(1);
  });
});

describe('a store that counts, waits, and then spends', () => {
  it('lets more than five of five hundred through a limit of five', async () => {
    expect(await raceSpends(broken.expiring, [{ name: 'race', rules: [{ limit: 5, seconds: 600 }] }], 500)).toBeGreaterThan(5);
  });
});
