// What people do on the pages, in one verb each.
import { codeIn } from './code-in.ts';
import { type Answer, type Browser, createBrowser } from './browser.ts';
import type { Program } from './program.ts';
import type { RelyingParty, Tokens } from './relying-party.ts';

/** A running program, in this process or in another. */
export type Host = Pick<Program, 'url' | 'issuer' | 'outbox' | 'codeFor'>;

export type Person = { browser: Browser; email: string; phone?: string };

let count = 0;

/** Somebody new, in a browser of their own. */
export function meetPerson(program: Host, known: Partial<Person> = {}): Person {
  count += 1;
  const number = String(100_000 + count);
  return {
    browser: createBrowser(program.url, program.url === program.issuer ? {} : { origin: program.issuer }),
    email: `person${count}@example.com`,
    phone: `+447400${number}`,
    ...known,
  };
}

/** Messages with a code, as `codeFor` counts them. */
async function countCodes(program: Host, to: string): Promise<number> {
  return (await program.outbox(to)).filter(({ text }) => codeIn(text)).length;
}

/** Types an address and its code; ends on the next page. */
export async function proveEmail(program: Host, { browser, email }: Person): Promise<Answer> {
  const before = await countCodes(program, email);
  await browser.submit('/email', { email });
  return browser.submit('/code', { code: await program.codeFor(email, before + 1) });
}

export async function provePhone(program: Host, { browser, phone = '' }: Person): Promise<Answer> {
  const before = await countCodes(program, phone);
  await browser.submit('/phone', { phone });
  return browser.submit('/code', { code: await program.codeFor(phone, before + 1) });
}

export const allow = ({ browser }: Person, fields: Record<string, string | string[]> = {}) =>
  browser.submit('/consent', { decision: 'allow', ...fields });

type Prepared = { url: string; verifier: string };

/** A sign-in that is asked for anew, up to its last answer: `url` is what ends it, and gives the session a new id. */
export async function prepareSignIn(program: Host, party: RelyingParty, { browser, email }: Person): Promise<Prepared> {
  const { verifier } = await party.begin(browser, { prompt: 'login' });
  const before = await countCodes(program, email);
  await browser.submit('/email', { email });
  const { action, fields } = browser.findForm('/code');
  const { location = '' } = await browser.post(action, { ...fields, code: await program.codeFor(email, before + 1) });
  return { url: location, verifier };
}

/** A consent that is asked for anew, allowed: `url` is what takes it along. The session stays what it is. */
export async function prepareConsent(party: RelyingParty, { browser }: Person): Promise<Prepared> {
  const { verifier } = await party.begin(browser, { prompt: 'consent' });
  const { action, fields } = browser.findForm('/consent');
  const { location = '' } = await browser.post(action, { ...fields, decision: 'allow' });
  return { url: location, verifier };
}

/** Whatever stands between the person and the app: email, phone, consent. Ends at the callback, or where a device is connected. */
export async function goThrough(program: Host, person: Person, first: Answer): Promise<Answer> {
  let answer = first;
  for (let step = 0; step < 6 && answer.location === undefined; step += 1) {
    const page = new URL(answer.url).pathname.split('/').at(-1);
    if (/^\/device(\/|$)/.test(new URL(answer.url).pathname)) return answer;
    if (page === 'email') answer = await proveEmail(program, person);
    else if (page === 'phone') answer = await provePhone(program, person);
    else if (page === 'consent') answer = await allow(person);
    else if (page === 'choose-account') answer = await person.browser.submit('/choose-account', { choice: 'continue' });
    else if (answer.text.includes('/oidc/sign-out/confirm'))
      answer = await person.browser.submit('/oidc/sign-out/confirm'); // scripts do
    else throw new Error(`a page that nobody expected: ${answer.url} (${answer.status})`);
  }
  return answer;
}

/** A whole sign-in, from the request to the tokens. */
export async function signIn(
  program: Host,
  party: RelyingParty,
  options: { person: Person; params?: Record<string, string> },
): Promise<{ tokens: Tokens; code: string; verifier: string; callback: Record<string, string> }> {
  const { person, params } = options;
  const { answer, verifier } = await party.begin(person.browser, params);
  const callback = party.readCallback(await goThrough(program, person, answer));
  if (!callback.code) throw new Error(`no code but ${JSON.stringify(callback)}`);
  const redeemed = await party.redeem(callback.code, verifier);
  if (redeemed.status !== 200) throw new Error(`the code was not redeemed: ${JSON.stringify(redeemed.body)}`);
  return { tokens: redeemed.body, code: callback.code, verifier, callback };
}
