// `latchkey secrets generate`: a set of keys for production.
import { formatNewSecrets } from '../config/generated-secrets.ts';
import type { Command } from './command.ts';

export const secrets: Command = {
  usage: 'secrets generate',
  summary: 'Prints new keys and secrets as JSON, for SECRETS_FILE',
  async run({ args, print, warn }) {
    if (args.length !== 1 || args[0] !== 'generate') {
      warn(`Usage: latchkey ${secrets.usage}`);
      return 2;
    }
    print(formatNewSecrets().trimEnd());
    return 0;
  },
};
