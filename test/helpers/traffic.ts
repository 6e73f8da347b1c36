// A program in use: people sign in, one after the other, whatever happens to it, until they are told to stop.
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from './browser.ts';
import { getThrough } from './patient-person.ts';
import { meetPerson, type Host, type Person } from './person.ts';
import { inParallel } from './race.ts';
import { decodeJwt, type RelyingParty, type Tokens } from './relying-party.ts';

/** Somebody whom the program has told that they are signed in. */
export type Finished = { person: Person; tokens: Tokens; sub: string };

export type Traffic = ReturnType<typeof startTraffic>;

class GivenUp extends Error {}

const giveUp = (): never => {
  throw new GivenUp('an outage');
};

/** `atOnce`: how many are under way. A page that says "not now" makes somebody go away, and somebody new comes. */
export function startTraffic(
  { program, party, params }: { program: Host; party: RelyingParty; params: Record<string, string> },
  atOnce = 4,
) {
  const finished: Finished[] = [];
  /** Everybody who came. */
  const people: Person[] = [];
  /** What nobody should meet, in an outage or not. */
  const problems: string[] = [];
  let goesOn = true;

  async function come(person: Person): Promise<void> {
    people.push(person);
    const { url, verifier } = party.request(params);
    const answers: Answer[] = [];
    const callback = party.readCallback(await getThrough({ program, person, onOutage: giveUp, wait: giveUp, looks: 50 }, url, answers));
    if (!callback.code) return giveUp();
    const { status, body: tokens } = await party.redeem(callback.code, verifier);
    if (status === 503 || tokens.error === 'invalid_grant') return giveUp();
    if (status !== 200) throw new Error(`no tokens but ${status}: ${JSON.stringify(tokens)}`);
    finished.push({ person, tokens, sub: String(decodeJwt(tokens.id_token).sub) });
  }

  const coming = inParallel(atOnce, async () => {
    while (goesOn) {
      await come(meetPerson(program)).catch(async (error: unknown) => {
        if (!(error instanceof GivenUp)) problems.push(String(error));
        await pause(50);
      });
    }
  });

  return {
    finished,
    people,
    problems,
    /** Until so many more have signed in. */
    async untilFinished(more: number, patienceMs = 60_000): Promise<void> {
      const wanted = finished.length + more;
      const deadline = performance.now() + patienceMs;
      while (finished.length < wanted) {
        if (performance.now() > deadline) throw new Error(`only ${finished.length} of ${wanted} signed in: ${problems.join('; ')}`);
        await pause(20);
      }
    },
    async stop(): Promise<void> {
      goesOn = false;
      await coming;
    },
  };
}
