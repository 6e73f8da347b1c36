// How one setting is declared: a zod type, one sentence, and where the environment may name it.
import { z } from 'zod';

/** `env`: the environment variable that overlays the files. `secret`: may also come as `<env>_FILE`, and is never printed. */
export type SettingMeta = { description: string; env?: string; secret?: boolean };

/** Attaches the sentence and the environment variable to a type. */
export function setting<T extends z.ZodType>(type: T, description: string, extra: Omit<SettingMeta, 'description'> = {}): T {
  return type.meta({ description, ...extra }) as T;
}

/** A positive whole number with a default. */
export function count(defaultValue: number, description: string) {
  return setting(z.int().positive().default(defaultValue), description);
}

/** A duration in whole seconds with a default. */
export const seconds = count;

/** A switch with a default. */
export function flag(defaultValue: boolean, description: string) {
  return setting(z.boolean().default(defaultValue), description);
}

/** A group whose every member has a default: the group may be left out, and knows no other keys. */
export function group<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).prefault({} as never);
}
