// A layer is what one source gives: setting by setting, with the name of where it came from.
import { dirname, resolve } from 'node:path';
import { isObject, readJson } from './files.ts';
import { listSettings, pathOf } from './list.ts';
import type { Problem } from './problems.ts';
import { findSimilar } from './similar.ts';

/** `setting` is its path, `group.name`. */
export type Given = { setting: string; source: string; value: unknown };

/** Path → what the strongest layer says. */
export type Merged = ReadonlyMap<string, Given>;

/** Where settings were read: how problems call it, and the folder that paths in it are relative to. */
export type Origin = { source: string; folder: string };

/** Later layers are stronger. */
export function mergeLayers(layers: readonly (readonly Given[])[]): Merged {
  return new Map(layers.flat().map((given) => [given.setting, given]));
}

/** A JSON file of groups of settings; or, with `group`, of one group alone. `variable`: what names it, if it is not one of our own. */
export type LayerFile = { file: string; variable?: string; group?: string };

export function readLayer({ file, variable, group }: LayerFile, problems: Problem[]): Given[] {
  const about = { setting: variable ?? group ?? 'profile' };
  const content = readJson(file, about, problems);
  if (content === undefined) return [];
  if (!isObject(content)) {
    problems.push({ ...about, words: `must hold a JSON object: ${file}` });
    return [];
  }
  const origin = { source: variable === undefined ? file : `${variable} ${file}`, folder: dirname(file) };
  return pickSettings(group ? { [group]: content } : content, origin, problems);
}

/** Takes groups of settings apart; what is not known is a problem. */
export function pickSettings(content: object, { source, folder }: Origin, problems: Problem[]): Given[] {
  return Object.entries(content).flatMap(([group, members]) => {
    if (!groups.includes(group)) {
      problems.push({ setting: group, source, words: `is not a setting${suggest(group, topLevel)}` });
      return [];
    }
    if (!isObject(members)) {
      problems.push({ setting: group, source, words: 'must be an object of settings' });
      return [];
    }
    return Object.entries(members).flatMap(([name, value]) => {
      const setting = pathOf({ group, name });
      const info = listSettings().find((candidate) => pathOf(candidate) === setting);
      if (!info) {
        problems.push({ setting, source, words: `is not a setting${suggest(setting, paths)}` });
        return [];
      }
      return [{ setting, source, value: info.path && typeof value === 'string' ? resolve(folder, value) : value }];
    });
  });
}

const groups = [...new Set(listSettings().map(({ group }) => group))];
const paths = new Map(listSettings().map((info) => [pathOf(info), pathOf(info)]));
/** A setting is easily written without its group: its bare name leads to it. */
const topLevel = new Map([
  ...listSettings().map((info) => [info.name, pathOf(info)] as const),
  ...groups.map((name) => [name, name] as const),
]);

function suggest(name: string, known: ReadonlyMap<string, string>): string {
  const similar = findSimilar(name, [...known.keys()]);
  return similar ? `; did you mean ${known.get(similar)}?` : '';
}
