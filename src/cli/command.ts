// What a command of the command line is, and what it is given.

export type Context = {
  /** What follows the command's name. */
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** What is typed to call this program. */
  program: string;
  /** Answers, which other programs may read. */
  print(line: string): void;
  /** Warnings and errors. */
  warn(line: string): void;
  /** Asks the person at the terminal; absent where there is none. */
  ask?(question: string): Promise<string>;
  /** Aborted when the program is asked to stop. */
  stop: AbortSignal;
};

export type Command = {
  /** What it does, on one line of a terminal. */
  summary: string;
  /** Each way to call it; one that goes on over several lines has line breaks in it. */
  forms: readonly string[];
  /** What the forms don't say. */
  notes?: string;
  /** @returns the exit code: 0 done, 1 failed. @throws {WrongCall} */
  run(context: Context): Promise<number>;
};

/** The arguments are of none of the command's forms: the message says why, the forms are shown, and the exit code is 2. */
export class WrongCall extends Error {}
