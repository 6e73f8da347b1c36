// `latchkey secrets generate`: a set of keys for production.
import { formatNewSecrets } from '../config/generated-secrets.ts';
import { type Command, WrongCall } from './command.ts';

export const secrets: Command = {
  summary: 'Prints new keys and secrets as JSON, for SECRETS_FILE',
  forms: ['secrets generate'],
  async run({ args, print }) {
    if (args.length !== 1 || args[0] !== 'generate') throw new WrongCall();
    print(formatNewSecrets().trimEnd());
    return 0;
  },
};
