// Brings somebody to a page of the sign-in, by the way that people take there.
import type { Browser } from './browser.ts';
import { type Host, meetPerson, type Person, proveEmail, signIn } from './person.ts';
import type { RelyingParty } from './relying-party.ts';

export const places = ['email', 'identifier', 'phone', 'code', 'consent', 'choose-account', 'number-used'] as const;
export type Place = (typeof places)[number];

/** `wait`: moves the clock, in seconds, over the pause between two messages to one address. */
export type World = { program: Host; party: RelyingParty; wait(seconds: number): void };

/** `base`: the sign-in's URL; `csrf`: what its forms carry. */
export type Standing = { person: Person; browser: Browser; base: string; url: string; csrf: string };

const everything = { scope: 'openid email phone' };

export async function standAt(place: Place, { program, party, wait }: World): Promise<Standing> {
  const person = meetPerson(program);
  const { browser } = person;

  const ways: Record<Place, () => Promise<unknown>> = {
    email: () => party.begin(browser),
    identifier: () => party.begin(browser, { scope: 'openid phone' }),
    async phone() {
      await party.begin(browser, everything);
      await proveEmail(program, person);
    },
    async code() {
      await party.begin(browser);
      await browser.submit('/email', { email: person.email });
    },
    async consent() {
      await party.begin(browser);
      await proveEmail(program, person);
    },
    async 'choose-account'() {
      await signIn(program, party, { person });
      await party.begin(browser, { prompt: 'select_account' });
    },
    async 'number-used'() {
      const owner = meetPerson(program);
      const { phone = '' } = owner;
      await signIn(program, party, { person: owner, params: everything });
      await party.begin(browser, everything);
      await proveEmail(program, person);
      wait(31);
      await browser.submit('/phone', { phone });
      await browser.submit('/code', { code: await program.codeFor(phone, 2) });
    },
  };
  await ways[place]();
  const { url, status, forms } = browser.page;
  if (!url.endsWith(`/${place}`) || status !== 200) throw new Error(`not at ${place} but at ${url} (${status})`);
  const csrf = String(forms.find(({ fields }) => fields.csrf)?.fields.csrf);
  return { person, browser, base: url.slice(0, url.lastIndexOf('/')), url, csrf };
}
