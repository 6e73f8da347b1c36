// How one setting is declared: a zod type, one sentence, and where the environment may name it.
import { z } from 'zod';

export type SettingMeta = {
  description: string;
  /** The environment variable that overlays the files. */
  env?: string;
  /** May also come as `<env>_FILE`, and is never printed. */
  secret?: boolean;
  /** Names a file: relative to the JSON file that sets it, or to the working directory when the environment does. */
  path?: boolean;
};

/** Attaches the sentence and the environment variable to a type. */
export function setting<T extends z.ZodType>(type: T, description: string, extra: Omit<SettingMeta, 'description'> = {}): T {
  return type.meta({ description, ...extra });
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

/** A URL of one of the named protocols. Its message never repeats the value: it may hold a password. */
export function url(protocol: RegExp, message: string) {
  return z.string().refine((value) => protocol.test(URL.parse(value)?.protocol ?? ''), message);
}

/** A group whose every member has a default: the group may be left out, and knows no other keys. */
export function group<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).prefault({} as never);
}
