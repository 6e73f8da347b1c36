// Spellings of an email: what is no whole address is refused, and of one address only the spelling that was proven first is written to.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { askForCode, countMessages, enterEmail, typeCode } from '../helpers/code-page.ts';
import { meetPerson, proveEmail, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

const both = { scope: 'openid email phone' };
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

const meetSpelled = (email: string) => meetPerson(program, { email });

/** An owner whose address has capitals, and their sub. */
async function meetOwner(name: string) {
  const owner = meetSpelled(`${name}@example.com`);
  const { tokens } = await signIn(program, party, { person: owner });
  clock.advance(31);
  return { owner, sub: decodeJwt(tokens.id_token).sub };
}

test.each([
  ['a slash', 'slash@example.com/x.attacker.example'],
  ['a question mark', 'question@example.com?x.attacker.example'],
  ['a number sign', 'number@example.com#x.attacker.example'],
  ['a backslash', 'back@example.com\\x.attacker.example'],
  ['a colon', 'colon@example.com:25.attacker.example'],
  ['an escape', 'escape@%65xample.com'],
  ['an escaped slash', 'escaped@example.com%2fattacker.example'],
  ['a tab', 'tab@exa\tmple.com'],
  ['a line', 'line@exam\nple.com'],
  ['a soft hyphen', 'soft@exam\u00adple.com'],
  ['another @', 'two@example.com@attacker.example'],
  ['nothing but an IP address', 'root@127.0.0.16'],
  ['an IP address in other figures', 'root@0x7f.16'],
])('an address whose domain has %s in it is refused, and nobody gets a message', async (_, email) => {
  const answer = await enterEmail(party, meetSpelled(email));
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('That isn’t a whole email address')]);
  const [local = ''] = email.split('@');
  expect(await countMessages({ program, party }, `${local}@example.com`)).toBe(0);
  expect(await program.outbox(email)).toEqual([]);
});

test.each([
  ['fullwidth letters', 'wide@ｅxample.com', 'wide@example.com'],
  ['capitals', 'capitals@EXAMPLE.com', 'capitals@example.com'],
  ['letters of another alphabet', 'idn@bücher.example', 'idn@xn--bcher-kva.example'],
])('a domain in %s is written to as the domain that it means', async (_, typed, meant) => {
  await enterEmail(party, meetSpelled(typed));
  await program.codeFor(meant);
  expect((await program.outbox(meant)).map(({ to }) => to)).toEqual([meant]);
});

test.each([
  ['spaces', ' \t%\n'],
  ['direction marks', '\u200e\u202a%\u202c'],
  ['a zero-width space', '%\u200b'],
])('%s around a pasted address are no part of it', async (name, around) => {
  const address = `${name.replaceAll(' ', '-')}@example.com`;
  await enterEmail(party, meetSpelled(around.replace('%', address)));
  await program.codeFor(address);
  expect((await program.outbox(address)).map(({ to }) => to)).toEqual([address]);
});

test('whoever types an address in another spelling: the message goes to the spelling that was proven first', async () => {
  const { owner, sub } = await meetOwner('Jane.Doe');
  const later = meetSpelled('jane.DOE@example.com');
  const { verifier } = await party.begin(later.browser);
  const page = await later.browser.submit('/email', { email: later.email });
  expect(page.text).toContain(later.email);
  expect(page.text).not.toContain(owner.email);
  const callback = party.readCallback(await typeCode(later.browser, await program.codeFor(owner.email, 2)));
  expect((await program.outbox(owner.email)).map(({ to }) => to)).toEqual([owner.email, owner.email]);
  const { body } = await party.redeem(callback.code ?? '', verifier);
  expect(await party.userinfo(body.access_token)).toMatchObject({ body: { sub, email: owner.email } });
});

test('somebody who holds a code when another spelling of the address gets an account is not signed in to it', async () => {
  const late = meetSpelled('robin.hood@example.com');
  const { browser, code } = await askForCode(program, party, { person: late });
  clock.advance(31);
  await meetOwner('Robin.Hood');
  expect((await typeCode(browser, code)).url).toMatch(/\/email$/);
  expect(await party.silently(browser)).toMatchObject({ error: 'login_required' });
});

test('nor is somebody who had proven it, but had not finished', async () => {
  const late = meetSpelled('maid.marian@example.com');
  await party.begin(late.browser, both);
  expect((await proveEmail(program, late)).url).toMatch(/\/phone$/);
  clock.advance(31);
  await meetOwner('Maid.Marian');
  const ended = await late.browser.submit('/decline', { choice: 'not_now' });
  expect([ended.status, ended.text]).toEqual([400, expect.stringContaining('This sign-in has ended')]);
  expect(await party.silently(late.browser)).toMatchObject({ error: 'login_required' });
});

test('an address with a likely slip is asked about, and nothing is sent before the person has chosen one of the two', async () => {
  const person = meetSpelled('slip@gmial.com');
  const { browser } = person;
  const asked = await enterEmail(party, person);
  const [yes, no, form] = asked.forms.filter(({ action }) => action.endsWith('/email'));
  expect([yes?.fields.email, no?.fields.email, form?.fields.email]).toEqual(['slip@gmail.com', 'slip@gmial.com', 'slip@gmial.com']);

  // Sent again as it is, it is no answer.
  const again = await browser.post(asked.url, form?.fields ?? {});
  expect([again.status, again.text]).toEqual([200, expect.stringContaining('We haven’t sent a code yet.')]);
  expect(await countMessages({ program, party }, 'slip@gmial.com')).toBe(0);

  await browser.follow(await browser.post(asked.url, no?.fields ?? {}));
  expect((await typeCode(browser, await program.codeFor('slip@gmial.com'))).url).toMatch(/\/consent$/);
  expect(await program.outbox('slip@gmail.com')).toEqual([]);
});
