// The figures for operators: who may read them, and that nothing is missing that happened before somebody did.
import { afterEach, expect, test } from '@jest/globals';
import { countEvents } from '../helpers/metrics.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

let program: Program;
afterEach(() => program.close());

const token = 'figures-figures-figures-figures';

async function read(authorization?: string) {
  const answer = await fetch(`${program.url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });
  return { status: answer.status, text: await answer.text() };
}

test('the first reading holds everything since the start', async () => {
  program = await startProgram();
  const party = await createRelyingParty(program.issuer);
  await signIn(program, party, { person: meetPerson(program) });
  await signIn(program, party, { person: meetPerson(program) });
  expect(await countEvents([program], { type: 'signed_in' })).toBe(2);
  const { text } = await read();
  expect(text).toMatch(/^latchkey_request_seconds_count\{method="POST",status="3xx"\} [4-9]$/m);
  expect(text).toMatch(/^process_cpu_seconds_total /m);
});

test.each(['test', 'production'] as const)('with a token, only who brings it reads them (%s)', async (mode) => {
  program = await startProgram({ mode, server: { metricsToken: token } });
  expect(await read(`Bearer ${token}`)).toMatchObject({
    status: 200,
    text: expect.stringContaining('# TYPE latchkey_events_total counter'),
  });
  for (const other of [undefined, `Bearer ${token}x`, `Basic ${token}`, 'Bearer ']) expect((await read(other)).status).toBe(404);
});

test('without a token nobody reads them in production', async () => {
  program = await startProgram({ mode: 'production' });
  for (const authorization of [undefined, 'Bearer ', 'Bearer undefined']) expect((await read(authorization)).status).toBe(404);
});
