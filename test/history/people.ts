// Who acts in a history, with what, and what they decide about an app.
import type { Answer, Browser } from '../helpers/browser.ts';
import type { Outcome, Shares } from './operation.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';
import { findForm, type Journey, readCallback, type Wire } from './wire.ts';

/** `steps`: how many things are done in each session, from and to. */
export type World = { wire: Wire; recorder: Recorder; random: Random; steps: [number, number] };

/** `number`: what they prove beside their email, or try to. */
export type Person = { email: string; number?: string };

/** A browser that is signed in; `label` names it in the history. */
export type Session = { label: string; person: Person; browser: Browser };

/** An authorization code that was not redeemed yet. */
export type Begun = { session: Session; code: string; verifier: string };

/** The consent page: ticks what chance wants, and allows. Ends with a code at the callback. */
export async function decide({ wire, recorder, random }: World, page: Answer, { person, label, browser }: Session): Promise<Journey> {
  const form = findForm(page, '/consent');
  if (!form) return { cut: true };
  const offered = [...page.text.matchAll(/name="share" value="(\w+)"/g)].map(([, name = '']) => name);
  const share = offered.filter(() => random.chance(0.7));
  const shares = Object.fromEntries(offered.map((name) => [name, share.includes(name)])) as Shares;
  return recorder.record(async () => {
    const journey = await wire.travel(browser, form.path, { ...form.fields, share, decision: 'allow' });
    const code = readCallback(journey.landing)?.code;
    const outcome: Outcome = code ? 'ok' : 'unknown';
    const done = [
      { deed: { kind: 'consent', person: person.email, shares }, outcome },
      { deed: { kind: 'authorize', person: person.email, session: label, code }, outcome },
    ] as const;
    return { done, result: journey };
  });
}
