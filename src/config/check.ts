// Holds merged layers against the schema, and says each problem by the setting's name and where its value came from.
import type { z } from 'zod';
import { describeWrong } from './allowed.ts';
import type { Merged } from './layers.ts';
import { listSettings, pathOf } from './list.ts';
import type { About, Problem } from './problems.ts';
import { schema } from './schema/index.ts';
import type { Configured } from './schema/index.ts';

/** What was wrong is left out of the answer, so that the rules between settings can still be held against the rest. */
export function checkSettings(merged: Merged, problems: Problem[]): Configured {
  const result = schema.safeParse(toGroups(merged));
  if (result.success) return result.data;
  problems.push(...result.error.issues.map((issue) => describeIssue(issue, merged)));
  const wrong = new Set(result.error.issues.map(settingOf));
  return schema.parse(toGroups(new Map([...merged].filter(([setting]) => !wrong.has(setting)))));
}

/** A setting that nobody gave is named with the variable that would. */
export function describeSetting(setting: string, merged: Merged): About {
  return { setting, source: merged.get(setting)?.source ?? listSettings().find((info) => pathOf(info) === setting)?.env };
}

function toGroups(merged: Merged): Record<string, Record<string, unknown>> {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [setting, { value }] of merged) {
    const [group, name] = setting.split('.') as [string, string];
    (groups[group] ??= {})[name] = value;
  }
  return groups;
}

const settingOf = (issue: z.core.$ZodIssue): string => issue.path.slice(0, 2).join('.');

function describeIssue(issue: z.core.$ZodIssue, merged: Merged): Problem {
  const setting = settingOf(issue);
  const info = listSettings().find((each) => pathOf(each) === setting);
  const within = issue.path.slice(2);
  const words = describeWrong(issue, within.length === 0 ? info?.allowed : undefined);
  // Which entry it is can be hard to see; but what may be secret is never repeated.
  const entry = info?.secret ? undefined : (merged.get(setting)?.value as unknown[] | undefined)?.[Number(within[0])];
  const quoted = within.length === 1 && typeof entry === 'string' ? ` ("${entry}")` : '';
  const place = within.map((step) => (typeof step === 'number' ? `entry ${step + 1}` : String(step))).join(', ');
  return { ...describeSetting(setting, merged), words: place ? `${place}${quoted}: ${words}` : words };
}
