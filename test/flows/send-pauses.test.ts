// Pauses: messages to one address keep a distance, and a page says when the next may be asked for, never that one was sent.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatClock } from '../../src/locales/index.ts';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, countMessages, enterEmail, isPastCode, typeCode } from '../helpers/code-page.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { forgetSpends } from '../helpers/forgetful-storage.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson } from '../helpers/person.ts';
import { startProgram } from '../helpers/program.ts';

const clock = createClock();
let desk: Desk;

beforeAll(async () => {
  clock.stop();
  desk = await openDesk(await startProgram());
});

afterAll(async () => {
  clock.restore();
  await desk.program.close();
});

/** Asks for a code in a new browser; the answer is the code page, whether or not a message left. */
function ask(email: string, { program, party } = desk): Promise<Answer> {
  return enterEmail(party, meetPerson(program, { email }));
}

const newEmail = () => meetPerson(desk.program).email;

const statusOf = ({ text }: Answer) => /<div[^>]* role="status">(.*?)<\/div>/s.exec(text)?.[1];
const saysSent = /We’ve (sent|emailed|texted)|We’re sending/;

test('messages to one address are 30, 60, 120 and then 300 seconds apart; in between the page says when, and nothing is sent', async () => {
  const { person, browser } = await askForCode(desk.program, desk.party);
  for (const [sent, gap] of [30, 60, 120, 300, 300].entries()) {
    const opensAt = Date.now() + gap * 1000;
    clock.advance(gap - 0.001);
    const held = await browser.submit('/resend');
    expect([held.status, held.headers.get('retry-after')]).toEqual([429, '1']);
    expect(statusOf(held)).toMatch(/We haven’t sent another code\. You can ask for another one at <time /);
    expect(statusOf(held)).toContain(`datetime="${new Date(opensAt).toISOString()}" data-clock>${formatClock('en', opensAt)}</time>.`);
    expect(statusOf(held)).not.toMatch(saysSent);
    expect(await countMessages(desk, person.email)).toBe(sent + 1);
    clock.advance(0.001);
    expect((await browser.submit('/resend')).status).toBe(200);
    expect(await countMessages(desk, person.email)).toBe(sent + 2);
  }
});

test('another browser within the pause is told when to ask, never that a code was sent; then it gets its own', async () => {
  const { person } = await askForCode(desk.program, desk.party);
  const other = meetPerson(desk.program, { email: person.email });
  const opensAt = Date.now() + 30_000;
  clock.advance(10);
  const held = await enterEmail(desk.party, other);
  expect([held.status, held.headers.get('retry-after')]).toEqual([200, '20']);
  expect(held.text).toMatch(new RegExp(`You can ask for a code at <[^>]+>${formatClock('en', opensAt)}<`));
  expect(held.text).not.toMatch(saysSent);
  expect(await countMessages(desk, person.email)).toBe(1);
  // Nothing to enter, and nothing on its way: that is said, and the button is what the page is for.
  expect(held.text).toMatch(/<button class="button primary" id="send"[^>]*>Send a code</);
  expect(held.text).not.toMatch(/arrive/);
  const typed = await typeCode(other.browser, '123456');
  expect([typed.status, typed.text]).toEqual([422, expect.stringContaining('No code works here yet')]);
  expect(statusOf(await other.browser.submit('/resend'))).toContain('We haven’t sent a code. You can ask for one at');

  clock.advance(20);
  const sent = await other.browser.submit('/resend');
  expect(sent.text).toMatch(saysSent);
  expect(isPastCode(await typeCode(other.browser, await desk.program.codeFor(person.email, 2)))).toBe(true);
});

test('the same address entered again in one sign-in sends nothing, and its code stays', async () => {
  const { person, browser, answer, code } = await askForCode(desk.program, desk.party);
  await browser.open(answer.url.replace(/code$/, 'email'));
  expect((await browser.submit('/email', { email: person.email.toUpperCase() })).url).toBe(answer.url);
  expect(await countMessages(desk, person.email)).toBe(1);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('plus-tags of one mailbox share its pauses', async () => {
  const [local, domain] = newEmail().split('@');
  await ask(`${local}+one@${domain}`);
  const held = await ask(`${local}+two@${domain}`);
  expect(held.headers.get('retry-after')).toBe('30');
  expect(await countMessages(desk, `${local}+two@${domain}`)).toBe(0);
});

test('teeth: over a store that forgets what was spent, messages follow one another without a pause', async () => {
  const nodes = await startNodes(1, { alter: forgetSpends });
  const broken = await openDesk(nodes.first);
  const email = newEmail();
  await ask(email, broken);
  expect((await ask(email, broken)).headers.get('retry-after')).toBe(null);
  expect(await countMessages(broken, email)).toBe(2);
  await nodes.close();
});
