// The bench measures what it says: every flow is whole at every contender, and asks no more than its own requests.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { populate, type Population } from '../../bench/accounts/growth.ts';
import { bare } from '../../bench/contenders/bare.ts';
import type { Contender, Running } from '../../bench/contenders/contender.ts';
import { latchkey } from '../../bench/contenders/latchkey.ts';
import { type Flow, flows, growthFlows } from '../../bench/flows/flows.ts';
import { type MailSink, openMailSink } from '../../bench/load/mail-sink.ts';
import { embedded } from '../../bench/stores/store.ts';

let mail: MailSink;
beforeAll(async () => {
  mail = await openMailSink();
});
afterAll(() => mail.close());

/** Requests of one run, which throws where anything is missing. */
async function countRequests({ site }: Running, flow: Flow): Promise<number> {
  const connection = site.connect();
  try {
    const run = await flow.open(site, connection, 1);
    const before = connection.requests();
    await run();
    return connection.requests() - before;
  } finally {
    connection.close();
  }
}

async function runAll(contender: Contender, measured: readonly Flow[]): Promise<Record<string, number>> {
  const running = await contender.start();
  try {
    const counted: Record<string, number> = {};
    for (const flow of measured) counted[flow.name] = await countRequests(running, flow);
    expect(running.server.cpuMs()).toBeGreaterThan(0);
    expect(running.server.memoryMb()).toBeGreaterThan(10);
    return counted;
  } finally {
    await running.stop();
  }
}

const withoutPages = { 'live-session': 3, refresh: 1, 'client-credentials': 1, userinfo: 1, introspection: 1 };

/** Starting several programs takes a while on a machine that does other things. */
const patience = 120_000;

describe('every flow is whole, and without pages the same number of requests', () => {
  test(
    'at the bare library',
    async () => {
      expect(await runAll(bare, flows)).toEqual({ ...withoutPages, 'sign-in': 9 });
    },
    patience,
  );

  test(
    'at Latchkey, whose codes come by mail and cost no request',
    async () => {
      const contender = latchkey({ name: 'Latchkey', mail, store: embedded, processes: 1 });
      expect(await runAll(contender, flows)).toEqual({ ...withoutPages, 'sign-in': 11 });
    },
    patience,
  );
});

describe('accounts that were there before', () => {
  let population: Population;
  beforeAll(async () => {
    population = await populate({ sizes: [3], mail, tell: () => {} });
  }, patience);
  afterAll(() => population.remove());

  test(
    'are known to the program: who comes back is not asked for consent, and who is signed in for nothing',
    async () => {
      expect(await runAll(population.contenders[0]!, growthFlows)).toEqual({ 'sign-in': 11, return: 8, 'any-session': 3 });
    },
    patience,
  );
});
