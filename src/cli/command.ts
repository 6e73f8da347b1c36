// What a command of the command line is, and what it is given.

export type Context = {
  /** What follows the command's name. */
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
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
  usage: string;
  summary: string;
  /** @returns the exit code: 0 done, 1 failed, 2 wrongly called */
  run(context: Context): Promise<number>;
};
