// Every setting, read off the schema once: for the environment, for unknown keys, and for docs/configuration.md.
import { z } from 'zod';
import { describeAllowed } from './allowed.ts';
import { schema } from './schema/index.ts';
import type { SettingMeta } from './schema/setting.ts';

/** How a setting is written in an environment variable; 'list' is comma-separated. */
export type Notation = 'number' | 'boolean' | 'list' | 'json' | 'text';

export type SettingInfo = SettingMeta & {
  group: string;
  name: string;
  notation: Notation;
  /** Undefined: the setting may be left out, and then there is none. */
  default?: unknown;
  /** What it may be, in words; undefined where its description says that. */
  allowed?: string;
};

/** `group.name`, as problems and documents call it. */
export const pathOf = (info: { group: string; name: string }): string => `${info.group}.${info.name}`;

export function listSettings(): readonly SettingInfo[] {
  return settings;
}

const settings: readonly SettingInfo[] = Object.entries(schema.shape).flatMap(([group, wrapped]) =>
  Object.entries(wrapped.unwrap().shape as Record<string, z.ZodType>).map(([name, type]) => ({
    ...(type.meta() as SettingMeta),
    group,
    name,
    notation: notationOf(unwrap(type)),
    default: type.safeParse(undefined).data,
    allowed: describeAllowed(type),
  })),
);

function unwrap(type: z.core.$ZodType): z.core.$ZodType {
  return type instanceof z.ZodOptional || type instanceof z.ZodDefault ? unwrap(type.unwrap()) : type;
}

function notationOf(type: z.core.$ZodType): Notation {
  if (type instanceof z.ZodNumber) return 'number';
  if (type instanceof z.ZodBoolean) return 'boolean';
  if (type instanceof z.ZodObject) return 'json';
  if (type instanceof z.ZodArray) return type.element instanceof z.ZodObject ? 'json' : 'list';
  return 'text';
}
