#!/usr/bin/env node
// Starts Latchkey. Plain old syntax, so that an old Node can still say what is missing.
const current = process.versions.node;

if (Number(current.split('.')[0]) < 24) {
  process.stderr.write('Latchkey needs Node 24 or newer (this is ' + current + '). In the repository, `npm start` brings it along.\n');
  process.exitCode = 1;
} else {
  void import('./compile-cache.js').then(function (cache) {
    cache.keepCompiled();
    return import('../src/main.ts');
  });
}
