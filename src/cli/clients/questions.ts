// Asks in a terminal for what `latchkey clients add` was not told. An empty answer takes the default, or leaves it out.
import { checkMember } from '../../config/clients.ts';
import { type AddFlags, clientTypes } from './options.ts';

export type Ask = (question: string) => Promise<string>;

async function askFor(ask: Ask, question: string): Promise<string | undefined> {
  return (await ask(`${question}: `)).trim() || undefined;
}

type Asking = { ask: Ask; warn: (line: string) => void };

async function askName({ ask, warn }: Asking): Promise<string> {
  for (;;) {
    const name = await askFor(ask, 'What do people call it');
    const problems = name ? checkMember({ client_name: name }, 'client_name') : [];
    if (name && problems.length === 0) return name;
    warn(name ? `${name}: ${problems[0]?.words}` : 'It needs a name.');
  }
}

async function askType({ ask, warn }: Asking): Promise<string> {
  const names = Object.keys(clientTypes);
  for (const name of names) warn(`  ${name.padEnd(8)} ${clientTypes[name]?.words}`);
  for (;;) {
    const type = (await askFor(ask, `What is it [${names[0]}]`)) ?? 'web';
    if (names.includes(type)) return type;
    warn(`Please answer with one of ${names.join(', ')}.`);
  }
}

/** @param client what is known of it by now: what its URLs may be depends on it */
async function askUris({ ask, warn }: Asking, question: string, [member, client]: [member: string, client: object]): Promise<string[]> {
  for (;;) {
    const uris = (await askFor(ask, `${question}, separated by spaces`))?.split(/\s+/) ?? [];
    const problems = checkMember({ ...client, [member]: uris }, member);
    if (problems.length === 0) return uris;
    for (const { entry, words } of problems) warn(entry === undefined ? `It ${words}.` : `${uris[entry - 1]}: ${words}`);
  }
}

/** A flag that was given is not asked for. */
export async function askMissing(flags: AddFlags, ask: Ask, warn: (line: string) => void): Promise<AddFlags> {
  // Refused anyway: no reason to ask for the rest.
  if (flags.type !== undefined && !clientTypes[flags.type]) return flags;
  const asking = { ask, warn };
  const name = flags.name ?? (await askName(asking));
  const type = flags.type ?? (await askType(asking));
  if (['service', 'device'].includes(type)) return { ...flags, name, type };
  const client = clientTypes[type]?.metadata ?? {};
  const redirectUris =
    flags['redirect-uri'] ?? (await askUris(asking, 'Where may people be sent back to after signing in', ['redirect_uris', client]));
  const afterSignOut =
    flags['post-logout-redirect-uri'] ??
    (await askUris(asking, 'Where may they be sent after signing out (may be left out)', ['post_logout_redirect_uris', client]));
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
