// The file of secrets: nobody else on this machine reads it.
import { resolve } from 'node:path';
import { getVariable, type Surroundings } from '../../config/environment.ts';
import { isOpenToOthers } from '../../config/generated-secrets.ts';
import type { Finding } from './finding.ts';

/** The file has been read as one of the settings, so that it is there. */
export function checkSecretsFile(env: Surroundings['env'], cwd: string): Finding[] {
  const name = getVariable(env, 'SECRETS_FILE');
  const file = name === undefined ? undefined : resolve(cwd, name);
  if (file === undefined || !isOpenToOthers(file)) return [];
  return [{ check: 'secrets', status: 'warn', says: 'Other users of this machine can read SECRETS_FILE.', todo: `chmod 600 ${file}` }];
}
