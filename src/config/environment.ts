// What environment variables say: `<NAME>` for the settings that have one, and `<NAME>_FILE` for secrets.
import { resolve } from 'node:path';
import { parseJson, readText } from './files.ts';
import type { Given } from './layers.ts';
import { listSettings, pathOf } from './list.ts';
import type { SettingInfo } from './list.ts';
import type { Problem } from './problems.ts';

export type Surroundings = { env: Readonly<Record<string, string | undefined>>; cwd: string };

export function readEnvironment({ env, cwd }: Surroundings, problems: Problem[]): Given[] {
  return listSettings().flatMap((info) => {
    if (!info.env) return [];
    const setting = pathOf(info);
    const direct = getVariable(env, info.env);
    const file = info.secret ? getVariable(env, `${info.env}_FILE`) : undefined;
    if (direct !== undefined && file !== undefined) {
      problems.push({ setting, source: `${info.env}, ${info.env}_FILE`, words: 'is given twice; keep one' });
      return [];
    }
    const source = file === undefined ? info.env : `${info.env}_FILE`;
    const text = file === undefined ? direct : readSecret(resolve(cwd, file), { setting, source }, problems);
    if (text === undefined) return [];
    const value = info.path ? resolve(cwd, text) : parse(text, { ...info, source }, problems);
    return value === undefined ? [] : [{ setting, source, value }];
  });
}

/** An empty variable is one that is not set: that is what compose files make of a missing value. */
export function getVariable(env: Surroundings['env'], name: string): string | undefined {
  return env[name] || undefined;
}

function readSecret(file: string, about: { setting: string; source: string }, problems: Problem[]): string | undefined {
  // Files made with `echo` end in a newline that is no part of the secret.
  const text = readText(file, about, problems)?.replace(/\r?\n$/, '');
  if (text === '') problems.push({ ...about, words: `is empty: ${file}` });
  return text || undefined;
}

/** What is no number or switch stays text: the schema then says what was expected. */
function parse(text: string, info: SettingInfo & { source: string }, problems: Problem[]): unknown {
  switch (info.notation) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : text);
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean);
    case 'json':
      return parseJson(text, { setting: pathOf(info), source: info.source }, problems);
    case 'text':
      return text;
  }
}
