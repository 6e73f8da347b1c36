// Far more at once than a process can do: everybody is answered, or told when to come back, and soon it is as quick as ever.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startChildProgram, type ChildProgram } from '../helpers/child-program.ts';
import { findFaults, statusOf, tolerance } from '../helpers/outage.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { startWiretap } from '../helpers/wiretap.ts';

const patience = 240_000;

let program: ChildProgram;
let party: RelyingParty;

beforeAll(async () => {
  program = await startChildProgram();
  party = await createRelyingParty(program.issuer);
}, patience);
afterAll(() => program.close());

it(
  'of 500 sign-in pages and 200 refreshes at once none is an error, and afterwards all is as before',
  async () => {
    const params = { scope: 'openid email offline_access', prompt: 'consent' };
    const { tokens } = await signIn(program, party, { person: meetPerson(program), params });
    const tap = startWiretap();
    const started = performance.now();
    await Promise.all([
      inParallel(500, () => party.begin(meetPerson(program).browser)),
      inParallel(200, () => party.refresh(tokens.refresh_token ?? '')),
    ]);
    const busyMs = performance.now() - started;
    const ready = performance.now();
    expect(await statusOf(`${program.url}/health/ready`)).toBe(200);
    await signIn(program, party, { person: meetPerson(program) });
    expect(performance.now() - ready).toBeLessThan(10_000 * tolerance);
    tap.stop();

    const times = tap.heard.map(({ ms }) => ms).toSorted((a, b) => a - b);
    const turnedAway = tap.heard.filter(({ status }) => status === 503 || status === 429).length;
    const figures = `${times.length} answers in ${Math.round(busyMs)} ms, half within ${Math.round(times[times.length >> 1]!)} ms`;
    process.stderr.write(`overload: ${figures}, the slowest ${Math.round(times.at(-1)!)} ms, ${turnedAway} were told to come back\n`);
    // How long it takes is the machine's affair.
    expect(findFaults(tap.heard.map((each) => ({ ...each, ms: 0 })))).toEqual([]);
    expect(tap.heard.length).toBeGreaterThanOrEqual(1200);
  },
  patience,
);
