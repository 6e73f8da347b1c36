// SQLite keeps the contract, in memory and in files.
import { openStorage } from '../../src/storage/open.ts';
import { describeStorage } from './conformance.ts';
import { makeFolder } from './folder.ts';

const pathTo = makeFolder();
let opened = 0;

describeStorage('SQLite in memory', (now) => openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 60 }, now));

describeStorage('SQLite in files', (now) => {
  opened += 1;
  return openStorage({ databaseUrl: `sqlite:${pathTo(`${opened}.db`)}`, sweepSeconds: 60 }, now);
});
