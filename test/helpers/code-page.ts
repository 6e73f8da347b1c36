// The code page from outside: getting there, typing, and what it answers.
import type { Answer, Browser } from './browser.ts';
import type { Desk } from './desk.ts';
import { meetPerson, type Person } from './person.ts';
import type { Program } from './program.ts';
import type { RelyingParty } from './relying-party.ts';

/** Types an address into the first page of a new sign-in; ends on the code page, whether or not a message left. */
export async function enterEmail(party: RelyingParty, { browser, email }: Person, params: Record<string, string> = {}): Promise<Answer> {
  await party.begin(browser, params);
  return browser.submit('/email', { email });
}

/** Somebody at the code page of a new sign-in, with the code that was sent. */
export async function askForCode(
  program: Program,
  party: RelyingParty,
  options: { person?: Person; params?: Record<string, string> } = {},
) {
  const person = options.person ?? meetPerson(program);
  const before = (await program.outbox(person.email)).length;
  const answer = await enterEmail(party, person, options.params);
  return { person, browser: person.browser, answer, code: await program.codeFor(person.email, before + 1) };
}

export const typeCode = (browser: Browser, code: string) => browser.submit('/code', { code });

/** The `nth` code (from 1) after the right one: never right itself. */
export const wrongCode = (right: string, nth = 1) => String((Number(right) + nth) % 10 ** right.length).padStart(right.length, '0');

/** Types wrong codes, one after the other. */
export async function typeWrongCodes(browser: Browser, right: string, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let nth = 1; nth <= count; nth += 1) answers.push(await typeCode(browser, wrongCode(right, nth)));
  return answers;
}

/** The code was right: the browser is on a later page, or at the callback. */
export function isPastCode({ status, url, location }: Answer): boolean {
  return location !== undefined || (status === 200 && !new URL(url).pathname.endsWith('/code'));
}

/** How many messages an address has got, by the time that a later one to somebody else has arrived. */
export async function countMessages({ program, party }: Desk, to: string): Promise<number> {
  await askForCode(program, party);
  return (await program.outbox(to)).length;
}
