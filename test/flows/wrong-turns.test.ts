// People who come from elsewhere, too late, twice or backwards: each page says what to do, and has a way on.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Browser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { decode } from '../helpers/forms.ts';
import { allow, goThrough, meetPerson, proveEmail, provePhone } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { type Place, places, standAt } from '../helpers/standing.ts';
import { judge, sound } from '../helpers/verdict.ts';

let program: Program;
let party: RelyingParty;
const clock = createClock();
const stand = (place: Place) => standAt(place, { program, party, wait: clock.advance });

beforeAll(async () => {
  program = await startProgram();
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

/** The heading of a dead end, and whether the app that the person came from is a click away. */
function readDeadEnd(answer: Answer) {
  const heading = decode(/<h1[^>]*>([^<]+)/.exec(answer.text)?.[1] ?? '');
  const way = /<a class="button primary" href="([^"]+)"/.exec(answer.text)?.[1];
  return { ...judge(answer), status: answer.status, heading, way };
}
const deadEnd = (heading: string) => ({ ...sound, status: 400, heading, way: 'http://127.0.0.1:9/' });

describe('a sign-in of another browser', () => {
  /** What a browser without any sign-in, and one with a sign-in of its own, are answered at a page of somebody else's. */
  async function intrude(place: Place): Promise<{ email: string; answers: Answer[] }> {
    const { url, csrf, person, base } = await stand(place);
    const strangers = [meetPerson(program).browser, meetPerson(program).browser];
    await party.begin(strangers[1] as Browser);
    const answers = strangers.map(async (browser) => [
      await browser.request(url),
      await browser.request(base),
      await browser.post(`${base}/email`, { csrf, email: person.email }),
      await browser.post(`${base}/code`, { csrf, code: '123456' }),
      await browser.post(`${base}/consent`, { csrf, decision: 'allow' }),
    ]);
    return { email: person.email, answers: (await Promise.all(answers)).flat() };
  }

  test.each(places)('can be neither read nor answered at %s', async (place) => {
    const { email, answers } = await intrude(place);
    for (const answer of answers) {
      const { way: _, ...page } = readDeadEnd(answer);
      const { way: __, ...expected } = deadEnd('This sign-in belongs to another browser');
      expect(page).toEqual(expected);
      expect(answer.text).not.toContain(email);
    }
  });

  test.each(places.filter((place) => place !== 'consent'))('leads to its app from %s', async (place) => {
    const { answers } = await intrude(place);
    expect(answers.map((answer) => readDeadEnd(answer).way)).toEqual(answers.map(() => 'http://127.0.0.1:9/'));
  });
});

test.each(places)('half an hour later %s says that the sign-in has ended, and leads back to the app', async (place) => {
  const { browser, url, csrf } = await stand(place);
  clock.advance(1801);
  const answers = [await browser.request(url)];
  if (place !== 'number-used') answers.push(await browser.post(url, { csrf }));
  for (const answer of answers) {
    expect(readDeadEnd(answer)).toEqual(deadEnd('This sign-in has ended'));
  }
});

test('a dead end’s title says what its heading says', async () => {
  const { text } = await meetPerson(program).browser.open('/nowhere');
  expect(text).toContain('<title>There is no page here – Latchkey</title>');
  expect(text).toContain('<h1>There is no page here</h1>');
});

test('a finished sign-in is over: its pages and forms say so, and nothing is released twice', async () => {
  const { browser, url, csrf, base } = await stand('consent');
  expect(party.readCallback(await browser.submit('/consent', { decision: 'allow' }))).toHaveProperty('code');
  for (const answer of [await browser.request(url), await browser.request(base), await browser.post(url, { csrf, decision: 'allow' })]) {
    expect(readDeadEnd(answer)).toEqual(deadEnd('This sign-in has ended'));
  }
});

test('the back button after each step leads on to where the sign-in is, and the old forms do no harm', async () => {
  const person = meetPerson(program);
  const { browser } = person;
  await party.begin(browser, { scope: 'openid email phone' });
  const email = { url: browser.page.url, fields: { ...browser.findForm('/email').fields, email: 'another@example.com' } };
  await proveEmail(program, person);
  const code = { url: email.url.replace('/email', '/code'), fields: { ...email.fields, code: '123456' } };
  for (const { url, fields } of [email, code]) {
    expect((await browser.open(url)).url).toMatch(/\/phone$/);
    expect((await browser.follow(await browser.post(url, fields))).url).toMatch(/\/phone$/);
  }

  const phone = { url: browser.page.url, fields: { ...browser.findForm('/phone').fields } };
  const consent = (await provePhone(program, person)).url;
  for (const { url, fields } of [email, code, phone]) {
    expect((await browser.open(url)).url).toBe(consent);
    expect((await browser.follow(await browser.post(url, fields))).url).toBe(consent);
  }
  await browser.open(consent);
  expect(party.readCallback(await allow(person))).toHaveProperty('code');
  for (const { url, fields } of [email, code, phone, { url: consent, fields: email.fields }]) {
    expect(readDeadEnd(await browser.request(url))).toEqual(deadEnd('This sign-in has ended'));
    expect(readDeadEnd(await browser.post(url, fields))).toEqual(deadEnd('This sign-in has ended'));
  }
});

test('from the code page one can go back to the address, change it, and sign in with the new one', async () => {
  const { browser, person, base } = await stand('code');
  expect((await browser.open(`${base}/email`)).url).toMatch(/\/email$/);
  person.email = `other.${person.email}`;
  expect(party.readCallback(await goThrough(program, person, browser.page))).toHaveProperty('code');
});

test.each(['resend', 'different', 'decline', 'restart', 'cancel'])(
  'the address of the form %s, opened, leads to the step where the person is, and does nothing',
  async (action) => {
    const { browser, base, person } = await stand('code');
    await browser.submit('/resend'); // too early: the answer stays at its address
    expect([browser.page.status, browser.page.url]).toEqual([429, `${base}/resend`]);
    const { status, url } = await browser.open(`${base}/${action}`);
    expect([status, url]).toEqual([200, `${base}/code`]);
    expect((await browser.submit('/code', { code: await program.codeFor(person.email) })).url).toMatch(/\/consent$/);
  },
);

test('two tabs of one sign-in: what one proves the other goes on from', async () => {
  const { browser, person, base } = await stand('phone');
  const fields = { csrf: String(browser.findForm('/phone').fields.csrf) };
  // The other tab has stood at the first page all the time.
  expect((await browser.follow(await browser.post(`${base}/email`, { ...fields, email: person.email }))).url).toMatch(/\/phone$/);
  await browser.submit('/phone', { phone: person.phone ?? '' });
  for (const step of ['email', 'consent', 'number-used']) expect((await browser.open(`${base}/${step}`)).url).toMatch(/\/code$/);
  await browser.submit('/code', { code: await program.codeFor(person.phone ?? '') });
  expect(party.readCallback(await allow(person))).toHaveProperty('code');
});

test('the same code from two tabs at once: both go on', async () => {
  const { browser, person, url } = await stand('code');
  const fields = { ...browser.findForm('/code').fields, code: await program.codeFor(person.email) };
  const both = await Promise.all([browser.post(url, fields), browser.post(url, fields)]);
  expect(both.map(({ status }) => status)).toEqual([303, 303]);
  for (const each of both) expect((await browser.follow(each)).url).toMatch(/\/consent$/);
  expect(party.readCallback(await allow(person))).toHaveProperty('code');
});

test('two tabs with a sign-in each: the second one does not end the first', async () => {
  const first = await stand('email');
  await party.begin(first.browser);
  const second = first.browser.page.url;
  expect(second).not.toBe(first.url);
  for (const url of [first.url, second]) {
    const page = await first.browser.open(url);
    expect({ status: page.status, url: page.url }).toEqual({ status: 200, url });
    await first.browser.submit('/email', { email: `tab${url.length}${url === second ? 2 : 1}.${first.person.email}` });
    expect(first.browser.page.url).toMatch(/\/code$/);
  }
});
