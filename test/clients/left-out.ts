// Clients that are other people's programs: where one isn't installed its tests are left out and named on the console; with
// REQUIRE_REAL=1 (which `.ci/run` sets, having installed them) they fail instead.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';
import { mustBeReal } from '../helpers/binaries.ts';

const { skip } = describe;

/** Tests of a client, if it is there. */
export function describeWith(client: string, isThere: boolean): (title: string, tests: () => void) => void {
  if (isThere || mustBeReal) return describe;
  return (title, tests) => {
    process.stderr.write(`left out, as there is no ${client}: ${title}\n`);
    skip(title, tests);
  };
}

/** What `.ci/run` installs beside the repository, before what the machine has. */
export const pythonPath = [join(import.meta.dirname, '../../.cache/python'), process.env.PYTHONPATH ?? ''].filter(Boolean).join(delimiter);

export function hasPython(...modules: string[]): boolean {
  const { status } = spawnSync('python3', ['-c', `import ${modules.join(', ')}`], { env: { ...process.env, PYTHONPATH: pythonPath } });
  return status === 0;
}

export const apacheModules = process.env.APACHE_MODULES ?? '/usr/lib/apache2/modules';
export const apache = process.env.APACHE_PATH ?? '/usr/sbin/apache2';

export const hasApache = () => existsSync(apache) && existsSync(join(apacheModules, 'mod_auth_openidc.so'));
