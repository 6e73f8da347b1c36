// What is wrong with the settings: collected while they are read, thrown all at once. No problem ever holds a value that may be secret.

/** What a problem is about: a setting by its path and where its value came from, or a variable that is no setting. */
export type About = { setting: string; source?: string };

export type Problem = About & { words: string };

/** Expected: the command line prints its message without a stack. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(found: readonly Problem[]) {
    const problems = found.map(({ setting, source, words }) => `${setting}${source ? ` (${source})` : ''}: ${words}`);
    const count = problems.length === 1 ? 'One setting needs' : `${problems.length} settings need`;
    super([`${count} attention before Latchkey can start:`, ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/** Answers nothing unless there are problems. @throws {SettingsError} */
export function failOn(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new SettingsError(problems);
}

/** A setting and what is wrong with it. */
export type Broken = [setting: string, words: string];
