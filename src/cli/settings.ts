// `latchkey settings`: what can be configured. docs/configuration.md is its output.
import { documentSettings } from '../config/document.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const settings: Command = {
  summary: 'Prints every setting with its variable, default and meaning (Markdown)',
  forms: ['settings'],
  async run({ args, print }) {
    readArguments(args, {});
    print(documentSettings().trimEnd());
    return 0;
  },
};
