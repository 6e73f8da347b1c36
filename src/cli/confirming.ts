// Asks before what can't be undone. Where nobody can be asked (a job, a program that reads JSON), it is called with --yes.
import type { Context } from './command.ts';

/** `word` is what has to be typed. */
export type Confirmation = { question: string; word: string; yes: boolean; json: boolean };

/** Nothing was done; the exit code is 2 where the call lacked --yes, and 1 where somebody thought better of it. */
export type Unconfirmed = { code: 1 | 2; words: string };

/** @returns undefined where it is confirmed */
export async function confirm(asked: Confirmation, { ask, warn }: Pick<Context, 'ask' | 'warn'>): Promise<Unconfirmed | undefined> {
  const { question, word, yes, json } = asked;
  if (yes) return undefined;
  if (!ask || json) return { code: 2, words: 'There is nobody to ask for a confirmation here: give it with --yes.' };
  warn(question);
  const said = await ask(`Type "${word}" to go on: `).catch(() => '');
  return said.trim() === word ? undefined : { code: 1, words: 'Nothing was done.' };
}
