// Messages: the pauses between them, how many an hour and a day, and what a page says of one that was held back.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatClock } from '../../src/locales/index.ts';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { askForCode, enterEmail, isPastCode, typeCode } from '../helpers/code-page.ts';
import { forgetSpends } from '../helpers/forgetful-storage.ts';
import { startNodes } from '../helpers/nodes.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

type Desk = { program: Program; party: RelyingParty };

const clock = createClock();
let desk: Desk;

const openDesk = async (program: Program): Promise<Desk> => ({ program, party: await createRelyingParty(program.issuer) });

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

async function askForText(phone: string): Promise<Answer> {
  const { browser } = meetPerson(desk.program);
  await desk.party.begin(browser, { scope: 'openid phone' });
  return browser.submit('/identifier', { identifier: phone });
}

/** How many messages an address has got, by the time that a later one to somebody else has arrived. */
async function countMessages(to: string, { program, party } = desk): Promise<number> {
  await askForCode(program, party);
  return (await program.outbox(to)).length;
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
    expect(statusOf(held)).toContain(`You can ask for a code at ${formatClock('en', opensAt)}.`);
    expect(statusOf(held)).not.toMatch(saysSent);
    expect(await countMessages(person.email)).toBe(sent + 1);
    clock.advance(0.001);
    expect((await browser.submit('/resend')).status).toBe(200);
    expect(await countMessages(person.email)).toBe(sent + 2);
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
  expect(await countMessages(person.email)).toBe(1);

  clock.advance(20);
  const sent = await other.browser.submit('/resend');
  expect(sent.text).toMatch(saysSent);
  expect(isPastCode(await typeCode(other.browser, await desk.program.codeFor(person.email, 2)))).toBe(true);
});

test('the same address entered again in one sign-in sends nothing, and its code stays', async () => {
  const { person, browser, answer, code } = await askForCode(desk.program, desk.party);
  await browser.open(answer.url.replace(/code$/, 'email'));
  expect((await browser.submit('/email', { email: person.email.toUpperCase() })).url).toBe(answer.url);
  expect(await countMessages(person.email)).toBe(1);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('ten emails an hour reach an address; the eleventh waits until the first is an hour old', async () => {
  const email = newEmail();
  const opensAt = Date.now() + 3_600_000;
  for (let message = 0; message < 10; message += 1) {
    expect((await ask(email)).headers.get('retry-after')).toBe(null);
    clock.advance(300);
  }
  expect((await ask(email)).headers.get('retry-after')).toBe(String((opensAt - Date.now()) / 1000));
  expect(await countMessages(email)).toBe(10);
});

test('thirty emails a day reach an address', async () => {
  const email = newEmail();
  const opensAt = Date.now() + 86_400_000;
  for (let message = 0; message < 30; message += 1) {
    await ask(email);
    clock.advance(1800);
  }
  expect((await ask(email)).headers.get('retry-after')).toBe(String((opensAt - Date.now()) / 1000));
  expect(await countMessages(email)).toBe(30);
});

test.each([
  { words: 'five texts an hour', limit: 5, pause: 600, window: 3600 },
  { words: 'ten texts a day', limit: 10, pause: 1800, window: 86_400 },
])('$words reach a number', async ({ limit, pause, window }) => {
  const person = meetPerson(desk.program);
  const { phone = '' } = person;
  await signIn(desk.program, desk.party, { person, params: { scope: 'openid email phone' } });
  clock.advance(86_400);
  const opensAt = Date.now() + window * 1000;
  for (let message = 0; message < limit; message += 1) {
    expect((await askForText(phone)).headers.get('retry-after')).toBe(null);
    clock.advance(pause);
  }
  expect((await askForText(phone)).headers.get('retry-after')).toBe(String((opensAt - Date.now()) / 1000));
  expect(await countMessages(phone)).toBe(1 + limit);
});

test('plus-tags of one mailbox share its pauses', async () => {
  const [local, domain] = newEmail().split('@');
  await ask(`${local}+one@${domain}`);
  const held = await ask(`${local}+two@${domain}`);
  expect(held.headers.get('retry-after')).toBe('30');
  expect(await countMessages(`${local}+two@${domain}`)).toBe(0);
});

test('three strangers hold live codes of an address at once; a fourth takes the place of the oldest', async () => {
  const email = newEmail();
  const asked = [];
  for (const pause of [30, 60, 120, 0]) {
    asked.push(await askForCode(desk.program, desk.party, { person: meetPerson(desk.program, { email }) }));
    clock.advance(pause);
  }
  const answers = [];
  for (const { browser, code } of asked) answers.push(await typeCode(browser, code));
  expect(answers.map(isPastCode)).toEqual([false, true, true, true]);
  expect(answers[0]?.text).toContain('That code no longer works');
});

test('limits of the settings are obeyed', async () => {
  const sending = { gapsSeconds: [5], emailPerHour: 2 };
  const strict = await openDesk(await startProgram({ sending, codes: { strangerChallengesPerAddress: 1 } }));
  const email = newEmail();
  const first = await askForCode(strict.program, strict.party, { person: meetPerson(strict.program, { email }) });
  expect((await ask(email, strict)).headers.get('retry-after')).toBe('5');
  clock.advance(5);
  await ask(email, strict);
  expect((await typeCode(first.browser, first.code)).status).toBe(422);
  clock.advance(5);
  expect((await ask(email, strict)).headers.get('retry-after')).toBe('3590');
  expect(await countMessages(email, strict)).toBe(2);
  await strict.program.close();
});

test('teeth: over a store that forgets what was spent, messages follow one another without a pause or an end', async () => {
  const nodes = await startNodes(1, { alter: forgetSpends });
  const broken = await openDesk(nodes.first);
  const email = newEmail();
  for (let message = 0; message < 31; message += 1) await ask(email, broken);
  expect(await countMessages(email, broken)).toBe(31);
  await nodes.close();
});
