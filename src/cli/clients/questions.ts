// Asks in a terminal for what `latchkey clients add` was not told. An empty answer takes the default, or leaves it out.
import { type AddFlags, clientTypes } from './options.ts';

export type Ask = (question: string) => Promise<string>;

async function askFor(ask: Ask, question: string): Promise<string | undefined> {
  return (await ask(`${question}: `)).trim() || undefined;
}

async function askName(ask: Ask): Promise<string> {
  for (;;) {
    const name = await askFor(ask, 'What do people call it');
    if (name) return name;
  }
}

async function askType(ask: Ask, warn: (line: string) => void): Promise<string> {
  const names = Object.keys(clientTypes);
  for (const name of names) warn(`  ${name.padEnd(8)} ${clientTypes[name]?.words}`);
  for (;;) {
    const type = (await askFor(ask, `What is it [${names[0]}]`)) ?? 'web';
    if (names.includes(type)) return type;
    warn(`Please answer with one of ${names.join(', ')}.`);
  }
}

async function askUris(ask: Ask, question: string): Promise<string[]> {
  return (await askFor(ask, `${question}, separated by spaces`))?.split(/\s+/) ?? [];
}

/** A flag that was given is not asked for. */
export async function askMissing(flags: AddFlags, ask: Ask, warn: (line: string) => void): Promise<AddFlags> {
  const name = flags.name ?? (await askName(ask));
  const type = flags.type ?? (await askType(ask, warn));
  if (['service', 'device'].includes(type)) return { ...flags, name, type };
  const redirectUris = flags['redirect-uri'] ?? (await askUris(ask, 'Where may people be sent back to after signing in'));
  const afterSignOut =
    flags['post-logout-redirect-uri'] ?? (await askUris(ask, 'Where may they be sent after signing out (may be left out)'));
  const firstParty =
    flags['first-party'] ?? /^y/i.test((await askFor(ask, 'Is it your own, so that nobody is asked for consent [y/N]')) ?? '');
  return {
    ...flags,
    name,
    type,
    'redirect-uri': redirectUris,
    ...(afterSignOut.length > 0 ? { 'post-logout-redirect-uri': afterSignOut } : {}),
    'first-party': firstParty,
  };
}
