// A hundred requests for one address at once, from one browser or a hundred: one message, and its code works.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { Answer, Browser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { codeIn } from '../helpers/code-in.ts';
import { askForCode, isPastCode, typeCode } from '../helpers/code-page.ts';
import { type Nodes, startNodes } from '../helpers/nodes.ts';
import { meetPerson } from '../helpers/person.ts';
import { inParallel } from '../helpers/race.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { breakStorage } from '../storage/broken.ts';

const clock = createClock();
let nodes: Nodes;
let party: RelyingParty;

afterEach(() => nodes.close());
afterAll(() => clock.restore());

async function start(count: number, options?: Parameters<typeof startNodes>[1]): Promise<string> {
  nodes = await startNodes(count, options);
  party = await createRelyingParty(nodes.first.issuer);
  return meetPerson(nodes.first).email;
}

/** A browser at the first page of a new sign-in. */
async function open(): Promise<Browser> {
  const { browser } = meetPerson(nodes.first);
  await party.begin(browser);
  return browser;
}

/** Sends a form of the browser's page once, to one of the nodes, and stays where it is. */
function post(browser: Browser, form: string, options: { fields?: Record<string, string>; node?: number } = {}): Promise<Answer> {
  const { action, fields } = browser.findForm(form);
  const node = nodes.all[(options.node ?? 0) % nodes.all.length];
  return browser.post(new URL(action, node?.url).href, { ...fields, ...options.fields });
}

/** The messages of all nodes to an address, by the time that a later one to somebody else has arrived. */
async function listMessages(to: string) {
  await askForCode(nodes.first, party);
  return (await Promise.all(nodes.all.map((node) => node.outbox(to)))).flat();
}

const statusesOf = (answers: Answer[]) => new Set(answers.map(({ status }) => status));

test.each([
  ['one node', 1],
  ['two nodes that share a store', 2],
])('a hundred browsers ask %s for one address at once: one message leaves', async (_, count) => {
  const email = await start(count);
  const browsers = await Promise.all(Array.from({ length: 100 }, open));
  const answers = await inParallel(100, (node) => post(browsers[node] as Browser, '/email', { fields: { email }, node }));
  expect(statusesOf(answers)).toEqual(new Set([303]));
  expect(await listMessages(email)).toHaveLength(1);
});

test.each([
  ['two', 1],
  ['a hundred', 1],
  ['a hundred', 2],
])('of %s clicks on "Email me a code", over %i node(s), one sends a message, and its code works', async (clicks, count) => {
  const email = await start(count);
  const browser = await open();
  const answers = await inParallel(clicks === 'two' ? 2 : 100, (node) => post(browser, '/email', { fields: { email }, node }));
  expect(statusesOf(answers)).toEqual(new Set([303]));
  const messages = await listMessages(email);
  expect(messages).toHaveLength(1);
  await browser.follow(answers[0] as Answer);
  expect(isPastCode(await typeCode(browser, codeIn(messages[0]?.text ?? '') ?? ''))).toBe(true);
});

test('of a hundred clicks on "Send the code again" one sends a message; the others are told when to ask', async () => {
  await start(2);
  const { person, browser, code } = await askForCode(nodes.first, party);
  clock.advance(30);
  const answers = await inParallel(100, (node) => post(browser, '/resend', { node }));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(answers.filter(({ status, headers }) => status === 429 && headers.get('retry-after') === '60')).toHaveLength(99);
  expect((await listMessages(person.email)).map(({ text }) => codeIn(text))).toEqual([code, code]);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('teeth: over a store that reads, waits and then writes, more than one message leaves', async () => {
  const email = await start(1, { alter: (storage) => breakStorage(storage, () => sleep(50)) });
  const browsers = await Promise.all(Array.from({ length: 100 }, open));
  await inParallel(100, (each) => post(browsers[each] as Browser, '/email', { fields: { email } }));
  expect((await listMessages(email)).length).toBeGreaterThan(1);
});
