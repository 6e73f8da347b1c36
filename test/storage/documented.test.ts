// docs/storage.md says what each page and endpoint asks of the store, and it is true: nothing was added to a request unnoticed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import { countStorage } from '../helpers/counted-storage.ts';
import { startProgram } from '../helpers/program.ts';
import { tabulate, walkThrough } from '../helpers/store-walk.ts';

test('the table in docs/storage.md is what was measured (`npm exec -- node bench/storage.ts` prints it)', async () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/storage.md'), 'utf8');
  const documented = document.split('\n').filter((line) => /^\| (GET|POST) /.test(line));

  const memory = await openStorage({ databaseUrl: 'sqlite::memory:', sweepSeconds: 3600 }, Date.now);
  const { storage, take } = countStorage(memory);
  const program = await startProgram({}, { storage });
  const measured = tabulate(await walkThrough(program, take));
  await program.close();
  await memory.close();

  // The columns are padded in the document.
  expect(documented.map((line) => line.replace(/ +\|/g, ' |'))).toEqual(measured);
}, 60_000);
