// What a setting may be, in plain words: for docs/configuration.md, and for who has written something else.
import { z } from 'zod';

/** Undefined where a type's own messages say more. */
export function describeAllowed(type: z.core.$ZodType): string | undefined {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault) return describeAllowed(type.unwrap());
  if (type instanceof z.ZodBoolean) return 'true or false';
  if (type instanceof z.ZodEnum) return `one of ${type.options.join(', ')}`;
  if (type instanceof z.ZodNumber) return describeNumber(z.toJSONSchema(type));
  if (type instanceof z.ZodString) return describeLength(z.toJSONSchema(type));
  return undefined;
}

function describeNumber({ minimum, exclusiveMinimum = 0, maximum = Infinity }: z.core.JSONSchema.BaseSchema): string {
  const least = minimum ?? Number(exclusiveMinimum) + 1;
  return maximum < Number.MAX_SAFE_INTEGER ? `a whole number from ${least} to ${maximum}` : `a whole number, ${least} or more`;
}

function describeLength({ minLength = 0, maxLength }: z.core.JSONSchema.BaseSchema): string | undefined {
  if (maxLength !== undefined) return `a text of ${minLength} to ${maxLength} characters`;
  return minLength > 1 ? `a text of ${minLength} characters or more` : undefined;
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  string: 'a text',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** Zod's words name types and bounds as programmers do, and never the value. @param allowed what the setting may be, if it is about all of it */
export function describeWrong(issue: z.core.$ZodIssue, allowed: string | undefined): string {
  const isPlain = ['invalid_type', 'too_small', 'too_big', 'invalid_value'].includes(issue.code);
  if (isPlain && allowed !== undefined) return `must be ${allowed}`;
  if (issue.code === 'invalid_type') return `must be ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' && issue.origin === 'array') return 'must not be empty';
  if (issue.code === 'too_small' && issue.origin === 'string')
    return issue.minimum === 1 ? 'must not be empty' : `must have ${issue.minimum} characters or more`;
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive ? '' : 'more than '}${issue.minimum}${issue.inclusive ? ' or more' : ''}`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `must not have more than ${issue.maximum} entries`;
  if (issue.message === 'Invalid URL') return 'must be a URL';
  return issue.message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
