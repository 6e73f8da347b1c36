// Somebody who signs in with an email, and perhaps a number, whatever goes wrong on the way: opens the page again, asks for
// another code, and gives up after a while.
import type { Answer } from '../helpers/browser.ts';
import { codeIn } from '../helpers/code-in.ts';
import type { Deed, Outcome } from './operation.ts';
import { type Begun, decide, type Person, type Session, type World } from './people.ts';
import { type Fields, findForm, type Journey, pageOf, readCallback, wait } from './wire.ts';

/** What a rival for the same number does: asks for its code when the pause after the other's message is over, and types it when both have one. */
export type Rivalry = { second: boolean; meet(): Promise<void> };

export type Wishes = { scope: string; label: string; rivalry?: Rivalry };

/** A message that came, and its code. */
type Sent = { name: string; digits: string };

/** A deed that a form would do, if it ended at one of these pages. */
type Hope = { deed: Deed; at: readonly string[] };

const maxSteps = 24;
const afterDoubleClickMs = 1100;
/** Of hurried programs: a second. */
const afterPauseMs = 1100;
const passed = ['phone', 'number-used', 'consent'];
const lost: Journey = { cut: true };

export function createSignIn(world: World) {
  const { wire, recorder, random } = world;
  const tried = new Set<string>();

  /** The newest message that was not tried yet, and is not a rival's from before; one that a node took with it never comes. */
  async function findCode(address: string, since: number): Promise<Sent | undefined> {
    for (let look = 0; look < 12; look += 1) {
      const messages = (await wire.messages(address)).filter(({ id, sentAt }) => !tried.has(id) && Date.parse(sentAt) >= since);
      const message = messages.findLast(({ text }) => codeIn(text));
      const digits = message && codeIn(message.text);
      if (digits) {
        tried.add(message.id);
        return { name: `${address} ${digits}`, digits };
      }
      await wait(15);
    }
    return undefined;
  }

  return async function signIn(person: Person, { label, scope, rivalry }: Wishes): Promise<Begun | undefined> {
    const session: Session = { label, person, browser: wire.openBrowser() };
    const { path, verifier } = wire.authorization({ scope, prompt: 'consent' });
    const { email, number = '' } = person;
    let base = path;
    let asked: 'email' | 'phone' = 'email';
    let askedAt = 0;
    let wantsNumber = number !== '';
    /** The code of somebody else's number, used up, that is to be typed once more. */
    let usedUp: Sent | undefined;

    /** Ended where it should: done. Ended elsewhere, with nothing lost on the way: refused. */
    function judge({ landing, cut }: Journey, at: readonly string[]): Outcome {
      if (landing && (readCallback(landing)?.code !== undefined || at.includes(pageOf(landing)))) return 'ok';
      return cut || !landing ? 'unknown' : 'refused';
    }

    function submit(page: Answer, form: { action: string; fields?: Fields }, hopes: readonly Hope[] = []): Promise<Journey> {
      const found = findForm(page, form.action);
      if (!found) return Promise.resolve(lost);
      return recorder.record(async () => {
        const journey = await wire.travel(session.browser, found.path, { ...found.fields, ...form.fields });
        return { done: hopes.map(({ deed, at }) => ({ deed, outcome: judge(journey, at) })), result: journey };
      });
    }

    function ask(page: Answer, action: string, fields: Fields = {}): Promise<Journey> {
      askedAt = Date.now();
      return submit(page, { action, fields }, [{ deed: { kind: 'issue', person: email }, at: ['code'] }]);
    }

    function typeCode(page: Answer, { name, digits }: Sent): Promise<Journey> {
      const verify: Hope = { deed: { kind: 'verify', person: email, code: name }, at: passed };
      const link: Hope = { deed: { kind: 'link', person: email, number }, at: ['consent'] };
      return submit(page, { action: '/code', fields: { code: digits } }, asked === 'phone' ? [verify, link] : [verify]);
    }

    async function onCode(page: Answer): Promise<Journey> {
      if (usedUp) {
        const again = usedUp;
        usedUp = undefined;
        wantsNumber = false;
        await wait(afterDoubleClickMs);
        return typeCode(page, again);
      }
      const sent = await findCode(asked === 'email' ? email : number, askedAt);
      if (!sent) {
        await wait(afterDoubleClickMs);
        return ask(page, '/resend');
      }
      if (asked === 'phone') {
        usedUp = random.chance(0.4) ? sent : undefined;
        await rivalry?.meet();
      }
      const journey = await typeCode(page, sent);
      if (!journey.landing || pageOf(journey.landing) !== 'number-used') usedUp = undefined;
      return journey;
    }

    const pages: Record<string, (page: Answer) => Promise<Journey>> = {
      email(page) {
        asked = 'email';
        return ask(page, '/email', { email });
      },
      async phone(page) {
        if (!wantsNumber) return submit(page, { action: '/decline', fields: { choice: 'not_now' } });
        asked = 'phone';
        if (rivalry?.second) await wait(afterPauseMs);
        return ask(page, '/phone', { phone: number });
      },
      code: onCode,
      'number-used'(page) {
        wantsNumber = usedUp !== undefined;
        return submit(page, wantsNumber ? { action: '/different' } : { action: '/decline', fields: { choice: 'not_now' } });
      },
      consent: (page) => decide(world, page, session),
    };

    let journey = await wire.travel(session.browser, path);
    for (let step = 0; step < maxSteps; step += 1) {
      const { landing } = journey;
      if (!landing) {
        await wait(random.between(100, 500));
        journey = await wire.travel(session.browser, base);
        continue;
      }
      const code = readCallback(landing)?.code;
      if (code !== undefined) return { session, code, verifier };
      const visit = pages[pageOf(landing)];
      if (!visit) return undefined;
      base = new URL(landing.url).pathname.replace(/\/[\w-]+$/, '');
      journey = await visit(landing);
    }
    return undefined;
  };
}
