// What goes wrong while people go on: nodes are killed, stores are killed, stopped for a while, and come back.
import { setTimeout as pause } from 'node:timers/promises';
import type { ChildProgram } from '../helpers/child-program.ts';
import type { Servers } from '../helpers/servers.ts';
import type { Random } from './random.ts';

export type Trouble = { name: string; strike(): Promise<unknown> };

export type Troubled = { troubles: readonly Trouble[]; rounds: number };

/** Kills a node, and starts it again after a while. */
const killNode = (node: ChildProgram, random: Random) => async () => {
  await node.kill();
  await pause(random.between(0, 400));
  await node.restart();
};

export function nodeTroubles(nodes: readonly ChildProgram[], random: Random): Trouble[] {
  return nodes.map((node, index) => ({ name: `node ${index + 1} is killed`, strike: killNode(node, random) }));
}

export function serverTroubles({ mongod, redis }: Servers, random: Random): Trouble[] {
  return [
    {
      name: 'MongoDB is killed',
      async strike() {
        await mongod.kill();
        await mongod.restart();
      },
    },
    {
      name: 'MongoDB stands still',
      async strike() {
        mongod.signal('SIGSTOP');
        await pause(random.between(200, 3500));
        mongod.signal('SIGCONT');
      },
    },
    {
      name: 'Redis is killed',
      async strike() {
        await redis.kill();
        await pause(random.between(0, 400));
        await redis.start();
      },
    },
    {
      name: 'Redis stands still',
      async strike() {
        redis.freeze();
        await pause(random.between(200, 3500));
        redis.thaw();
      },
    },
  ];
}

/**
 * Each of them so many times, spread over the whole history.
 * @param progress how much of it is done, from 0 to 1
 * @returns what happened, in order
 */
export async function causeTroubles({ troubles, rounds }: Troubled, random: Random, progress: () => number): Promise<string[]> {
  const inOrder = Array.from({ length: rounds }, () => random.shuffle(troubles)).flat();
  for (const [index, { strike }] of inOrder.entries()) {
    const due = (index + random.between(0.1, 0.9)) / inOrder.length;
    while (progress() < due) await pause(20);
    await strike();
  }
  return inOrder.map(({ name }) => name);
}
