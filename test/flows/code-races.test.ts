// Codes under fire: hundreds of requests at once, at one node and at several that share a store.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { askForCode, isPastCode, typeCode, typeWrongCodes, wrongCode } from '../helpers/code-page.ts';
import { countEvents } from '../helpers/metrics.ts';
import { type Nodes, startNodes } from '../helpers/nodes.ts';
import { allow } from '../helpers/person.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';
import { breakStorage } from '../storage/broken.ts';

const clock = createClock();
let nodes: Nodes;

afterEach(() => nodes.close());
afterAll(() => clock.restore());

type Asked = Awaited<ReturnType<typeof askForCode>>;

async function start(count: number, alter?: Parameters<typeof startNodes>[1]): Promise<Asked> {
  nodes = await startNodes(count, alter);
  return askForCode(nodes.first, await createRelyingParty(nodes.first.issuer));
}

const startBroken = (waitMs = 50) => start(8, { alter: (storage) => breakStorage(storage, () => sleep(waitMs)) });

/** Posts all of the codes at once, dealt out to the nodes in turn. */
function fire({ browser, answer }: Asked, codes: string[]) {
  const { fields } = browser.findForm('/code');
  const { pathname } = new URL(answer.url);
  const urlOf = (at: number) => `${nodes.all[at % nodes.all.length]?.url}${pathname}`;
  return Promise.all(codes.map((code, at) => browser.post(urlOf(at), { ...fields, code })));
}

const wrongCodes = ({ code }: Asked, count: number) => Array.from({ length: count }, (_, at) => wrongCode(code, at + 1));
const withRightOne = (asked: Asked, count: number) => wrongCodes(asked, count - 1).toSpliced(count / 2, 0, asked.code);

const countVerified = () => countEvents(nodes.all, { type: 'code_verified' });
/** Codes that were compared, right or wrong. */
const countEvaluated = async () => (await countVerified()) + (await countEvents(nodes.all, { type: 'code_refused', outcome: 'wrong' }));

describe.each([
  ['one node', 1],
  ['two nodes that share a store', 2],
])('at %s', (_, count) => {
  test('of 500 wrong codes at once five are compared, and the right one is dead', async () => {
    const asked = await start(count);
    const answers = await fire(asked, wrongCodes(asked, 500));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
    expect(await countEvaluated()).toBe(5);
    expect((await typeCode(asked.browser, asked.code)).status).toBe(422);
    expect(await countVerified()).toBe(0);

    // They cost the address five of its ten tries, too.
    clock.advance(31);
    await asked.browser.submit('/resend');
    const code = await nodes.first.codeFor(asked.person.email, 2);
    expect((await typeWrongCodes(asked.browser, code, 5)).map(({ status }) => status)).toEqual([422, 422, 422, 422, 422]);
    clock.advance(61);
    await asked.browser.submit('/resend');
    expect(await nodes.first.codeFor(asked.person.email, 3)).toHaveLength(10);
  });

  test('after five wrong codes the right one among 500 is refused', async () => {
    const asked = await start(count);
    await typeWrongCodes(asked.browser, asked.code, 5);
    const answers = await fire(asked, withRightOne(asked, 500));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
    expect([await countEvaluated(), await countVerified()]).toEqual([5, 0]);
  });

  test('after four wrong codes one of 500 is compared, even with the right one among them', async () => {
    const asked = await start(count);
    await typeWrongCodes(asked.browser, asked.code, 4);
    await fire(asked, withRightOne(asked, 500));
    expect(await countEvaluated()).toBe(5);
  });

  test('of 200 right codes at once one is consumed; every answer goes on, and one sign-in proceeds', async () => {
    const asked = await start(count);
    const answers = await fire(
      asked,
      Array.from({ length: 200 }, () => asked.code),
    );
    const dispatcher = new URL(asked.answer.url).pathname.replace(/\/code$/, '');
    // Whoever comes after the sign-in is done asks the dispatcher, which knows that it is.
    const resume = `${nodes.first.issuer}${dispatcher.replace('/interaction/', '/oidc/authorize/')}`;
    expect(answers.filter(({ status, location }) => status !== 303 || ![dispatcher, resume].includes(location ?? ''))).toEqual([]);
    expect(await countVerified()).toBe(1);
    const { browser, person } = asked;
    expect((await browser.open(dispatcher)).url).toMatch(/\/consent$/);
    expect(await allow(person)).toHaveProperty('location');
    expect(await countEvents(nodes.all, { type: 'signed_in' })).toBe(1);
  });
});

test('a code that one node sent is taken by another', async () => {
  const asked = await start(2);
  const [, answer] = await fire(asked, [wrongCode(asked.code), asked.code]);
  expect([answer?.status, await countVerified()]).toEqual([303, 1]);
  expect(isPastCode(await asked.browser.open(answer?.location ?? ''))).toBe(true);
});

describe('teeth: over a store that reads, waits and then writes', () => {
  test('more than five wrong codes are compared', async () => {
    const asked = await startBroken();
    await fire(asked, wrongCodes(asked, 40));
    expect(await countEvaluated()).toBeGreaterThan(5);
  });

  test('after four wrong codes more than one is compared', async () => {
    const asked = await startBroken(150);
    await typeWrongCodes(asked.browser, asked.code, 4);
    await fire(asked, withRightOne(asked, 16));
    expect(await countEvaluated()).toBeGreaterThan(5);
  });

  test('one code is consumed more than once', async () => {
    // Whoever is first ends the sign-in soon after: the others have to come before.
    const asked = await startBroken(200);
    await fire(
      asked,
      Array.from({ length: 8 }, () => asked.code),
    );
    expect(await countVerified()).toBeGreaterThan(1);
  });
});
