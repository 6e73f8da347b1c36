// Runs after an installation: loads every command once, so that Node keeps what it compiles and the first start needn't wait for it.
// That nothing could be kept is no reason for an installation to fail.
import('./compile-cache.js')
  .then(function (cache) {
    cache.keepCompiled();
    return import('../src/cli/run.ts');
  })
  .then(function (cli) {
    return cli.run({ args: ['help'], print: function () {} });
  })
  .catch(function () {});
