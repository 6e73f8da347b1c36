// A profile is read as it was meant: what Node does counts for who called it, and idleness for nobody.
import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { sumUp } from '../../bench/report/samples.ts';

const repository = join(import.meta.dirname, '../..');
const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });

test('each package has its own time, and with it what Node did for it', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 5] },
      { id: 2, callFrame: frame('read', `file://${repository}/src/keys/sealing.ts`), children: [3, 4] },
      { id: 3, callFrame: frame('createDecipheriv', 'node:crypto') },
      { id: 4, callFrame: frame('render', `"${repository}/node_modules/ejs/lib/ejs.js"`) },
      { id: 5, callFrame: frame('(idle)') },
    ],
    samples: [2, 3, 4, 5],
    timeDeltas: [10, 20, 40, 80],
  };
  const { packages, files, functions } = sumUp(profile, 2);
  expect(Object.fromEntries(packages)).toEqual({
    'src/keys': { self: 5, withNode: 15 },
    node: { self: 10, withNode: 0 },
    ejs: { self: 20, withNode: 20 },
  });
  expect(files.get('src/keys/sealing.ts')).toEqual({ self: 5, withNode: 15 });
  expect(functions.get('read src/keys/sealing.ts:1')).toEqual({ self: 5, withNode: 15 });
});
