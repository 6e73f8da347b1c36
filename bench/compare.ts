// The comparison: every flow at every contender, in turn. A machine's speed drifts, so only figures that were measured next to each
// other are set against each other, round by round.
import { setTimeout as pause } from 'node:timers/promises';
import type { Contender, Running } from './contenders/contender.ts';
import { type Flow, NotSupported } from './flows/flows.ts';
import { measure, type Measured } from './measure.ts';

export type Plan = { contenders: readonly Contender[]; flows: readonly Flow[]; seconds: number; rounds: number; connections: number };

/** Of one contender in one round. A flow that is not there is not supported. */
export type Round = {
  flows: Record<string, Measured>;
  firstStartMs: number;
  laterStartMs: number;
  idleMb: number;
  loadedMb: number;
};

export type Compared = { name: string; rounds: Round[] };

/** After the first answer, until memory is read. */
const idleMs = 500;

export async function compare(plan: Plan, tell: (line: string) => void): Promise<Compared[]> {
  const compared = plan.contenders.map(({ name }): Compared => ({ name, rounds: [] }));
  for (let nth = 1; nth <= plan.rounds; nth += 1) {
    const rounds = await runRound(plan, (what) => tell(`round ${nth} of ${plan.rounds}: ${what}`));
    rounds.forEach((round, at) => compared[at]!.rounds.push(round));
  }
  return compared;
}

async function runRound({ contenders, flows, ...load }: Plan, tell: (what: string) => void): Promise<Round[]> {
  const all: { running: Running; round: Round }[] = [];
  try {
    for (const contender of contenders) {
      tell(`${contender.name} starts`);
      all.push(await begin(contender));
    }
    for (const [nth, flow] of flows.entries()) {
      tell(flow.title);
      // Whoever was second is first at the next flow.
      for (const { running, round } of nth % 2 === 0 ? all : all.toReversed()) {
        const measured = await measure(running, { ...load, flow }).catch(ignoreUnsupported);
        if (measured) round.flows[flow.name] = measured;
        round.loadedMb = Math.max(round.loadedMb, running.server.memoryMb());
      }
    }
    return all.map(({ round }) => round);
  } finally {
    for (const { running } of all) await running.stop();
  }
}

async function begin(contender: Contender): Promise<{ running: Running; round: Round }> {
  const running = await contender.start();
  await pause(idleMs);
  const { first, later } = running.startMs;
  return { running, round: { flows: {}, firstStartMs: first, laterStartMs: later, idleMb: running.server.memoryMb(), loadedMb: 0 } };
}

function ignoreUnsupported(error: unknown): undefined {
  if (!(error instanceof NotSupported)) throw error;
}
