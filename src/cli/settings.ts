// `latchkey settings`: what can be configured. docs/configuration.md is its output.
import { documentSettings } from '../config/document.ts';
import type { Command } from './command.ts';

export const settings: Command = {
  usage: 'settings',
  summary: 'Prints every setting with its variable, default and meaning (Markdown)',
  async run({ args, print, warn }) {
    if (args.length > 0) {
      warn(`Usage: latchkey ${settings.usage}`);
      return 2;
    }
    print(documentSettings().trimEnd());
    return 0;
  },
};
