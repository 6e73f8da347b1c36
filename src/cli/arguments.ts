// Reads what follows a command's name, and says in words what is wrong with it.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { findSimilar } from '../config/similar.ts';
import { WrongCall } from './command.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Read<O extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>>;

/**
 * @param names what has to come beside the options, in its order; in brackets what may be left out
 * @throws {WrongCall}
 */
export function readArguments<O extends Options>(given: readonly string[], options: O, names: readonly string[] = []): Read<O> {
  const args = given.map((argument) => (isId(argument) ? idMark + argument : argument));
  const problem = findWrongOption(args, options);
  if (problem) throw new WrongCall(problem);
  const read = parseArgs({ args, options, allowPositionals: true });
  read.positionals.forEach((positional, at) => (read.positionals[at] = unmark(positional)));
  for (const [name, value] of Object.entries(read.values))
    if (typeof value === 'string') Object.assign(read.values, { [name]: unmark(value) });
  const missing = names.find((name, at) => !name.startsWith('[') && !read.positionals[at]);
  if (missing) throw new WrongCall(`${missing} is missing.`);
  const beyond = read.positionals[names.length];
  if (beyond !== undefined) throw new WrongCall(`"${beyond}" is one argument too many.`);
  return read;
}

/**
 * Ids of accounts, subjects and keys are random, and one in 64 begins with a dash; options here have two, and none is as long as
 * an id that has two.
 */
const isId = (argument: string) => /^-([^-][\w-]{9,}|-[\w-]{20}|-[\w-]{41})$/.test(argument) && !/^--[a-z]+(-[a-z]+)*$/.test(argument);
/** No argument can hold it. */
const idMark = '\0';
const unmark = (text: string) => (text.startsWith(idMark) ? text.slice(1) : text);

/** The first argument of commands that do several things. @throws {WrongCall} */
export function readVerb<T>(
  [verb, ...rest]: readonly string[],
  verbs: Readonly<Record<string, T>>,
): { verb: string; known: T; rest: string[] } {
  const names = Object.keys(verbs);
  if (verb === undefined) throw new WrongCall(`Say what to do: ${names.join(', ')}.`);
  const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (known === undefined) throw new WrongCall(`"${verb}" is none of ${names.join(', ')}${suggest(verb, names)}`);
  return { verb, known, rest };
}

/** A whole number from 1. @throws {WrongCall} */
export function readCount(option: string, text: string | undefined, { otherwise, most, of = '' }: Count): number {
  if (text === undefined) return otherwise;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) throw new WrongCall(`${option} ${text}: say a whole number${of} from 1 to ${most}.`);
  return count;
}

type Count = { otherwise: number; most: number; of?: string };

/** Node tells them in words for programmers. */
function findWrongOption(args: string[], options: Options): string | undefined {
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const type = Object.hasOwn(options, name) ? options[name]?.type : undefined;
    if (!type) return `There is no option ${rawName}${suggest(name, Object.keys(options), '--')}`;
    if (type === 'boolean' && value !== undefined) return `${rawName} takes no value.`;
    // What begins like an option is taken for a value only where it is tied to its name: --name=--x.
    if (type === 'string' && (value === undefined || (!inlineValue && /^-./.test(value)))) return `${rawName} needs a value.`;
  }
  return undefined;
}

function suggest(name: string, names: readonly string[], before = ''): string {
  const similar = findSimilar(name, names);
  return similar ? `; did you mean ${before}${similar}?` : '.';
}
