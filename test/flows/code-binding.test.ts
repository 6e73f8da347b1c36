// What a code is bound to: its browser, its sign-in, and the address in the server's record.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { askForCode, enterEmail, isPastCode, typeCode } from '../helpers/code-page.ts';
import { allow, goThrough, meetPerson } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';

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

test('another browser at the same address sees nothing of the sign-in, and the right code does nothing there', async () => {
  const { person, browser, answer, code } = await askForCode(program, party);
  const { browser: other } = meetPerson(program);
  const { fields } = browser.findForm('/code');
  for (const path of ['', '/code', '/email']) {
    const foreign = await other.open(answer.url.replace(/\/code$/, path));
    expect([path, foreign.status]).toEqual([path, 400]);
    expect(foreign.text).not.toContain(person.email);
  }
  expect((await other.post(answer.url, { ...fields, code })).status).toBe(400);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('whoever stole the cookie of the sign-in but not that of the browser is refused the right code, and it stays unused', async () => {
  const { browser, answer, code } = await askForCode(program, party);
  const { browser: thief } = meetPerson(program);
  thief.cookies().push(...browser.cookies().filter(({ name }) => name.startsWith('interaction')));
  expect((await thief.open(answer.url)).status).toBe(200);
  const refused = await typeCode(thief, code);
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('That code no longer works')]);
  expect(isPastCode(await typeCode(browser, code))).toBe(true);
});

test('a code of one sign-in is wrong in another one of the same browser', async () => {
  const first = await askForCode(program, party);
  const second = await askForCode(program, party, { person: meetPerson(program, { browser: first.browser }) });
  expect((await typeCode(second.browser, first.code)).status).toBe(422);
  await first.browser.open(first.answer.url);
  expect((await typeCode(first.browser, second.code)).status).toBe(422);
  expect(isPastCode(await typeCode(first.browser, first.code))).toBe(true);
});

test('a second sign-in with the same address in the same browser does not take the code of the first', async () => {
  const first = await askForCode(program, party);
  await enterEmail(party, first.person);
  expect((await typeCode(first.browser, first.code)).status).toBe(422);
  await first.browser.open(first.answer.url);
  expect(isPastCode(await typeCode(first.browser, first.code))).toBe(true);
});

test('a new code of the same browser replaces the older one; those of other browsers live on', async () => {
  const first = await askForCode(program, party);
  clock.advance(31);
  const elsewhere = await askForCode(program, party, { person: meetPerson(program, { email: first.person.email }) });
  clock.advance(61);
  const second = await askForCode(program, party, { person: first.person });
  await first.browser.open(first.answer.url);
  expect((await typeCode(first.browser, first.code)).status).toBe(422);
  expect(isPastCode(await typeCode(elsewhere.browser, elsewhere.code))).toBe(true);
  await second.browser.open(second.answer.url);
  expect(isPastCode(await typeCode(second.browser, second.code))).toBe(true);
});

test.each(['email', 'phone', 'identifier', 'known', 'channel', 'challenge', 'destination'])(
  'a forged field "%s" beside a right code changes nothing: the address comes from the record of the server',
  async (field) => {
    const victim = meetPerson(program);
    const { person, browser, code } = await askForCode(program, party);
    const forged = await browser.submit('/code', { code, [field]: field === 'phone' ? (victim.phone ?? '') : victim.email });
    expect(forged.url).toMatch(/\/consent$/);
    expect(forged.text).toContain(person.email);
    for (const address of [victim.email, victim.phone]) expect(forged.text).not.toContain(address);
    expect(await allow(person)).toHaveProperty('location');
  },
);

test('a right code of one address, sent with that address to the page of another, is wrong', async () => {
  const own = await askForCode(program, party);
  const victim = await askForCode(program, party);
  const answer = await victim.browser.submit('/code', { code: own.code, email: own.person.email });
  expect(answer.status).toBe(422);
});

test('the codes of a sign-in are in no answer, URL or header, right or wrong', async () => {
  const { person, browser, answer, code } = await askForCode(program, party, { params: { scope: 'openid email phone' } });
  await browser.submit('/code', { code: `${code}0` });
  const callback = await goThrough(program, person, await typeCode(browser, code));
  expect(party.readCallback(callback)).toHaveProperty('code');
  const codes = [code, await program.codeFor(person.phone ?? '')];
  expect(browser.answers().length).toBeGreaterThan(10);
  expect(browser.answers()).toContainEqual(expect.objectContaining({ url: answer.url }));
  for (const { url, text, headers } of browser.answers()) {
    const all = [url, text, ...[...headers].flat()].join('\n');
    expect(codes.filter((each) => all.includes(each))).toEqual([]);
  }
});
