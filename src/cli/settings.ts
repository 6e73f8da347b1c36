// `latchkey settings`: what can be configured. docs/configuration.md is its output.
import { documentSettings } from '../config/document.ts';
import { type Command, WrongCall } from './command.ts';

export const settings: Command = {
  summary: 'Prints every setting with its variable, default and meaning (Markdown)',
  forms: ['settings'],
  async run({ args, print }) {
    if (args.length > 0) throw new WrongCall();
    print(documentSettings().trimEnd());
    return 0;
  },
};
