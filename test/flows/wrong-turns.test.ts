// People who come from elsewhere, too late, twice or backwards: each page says what to do, and has a way on.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/browser.ts';
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
  test.each(places)('can be neither read nor answered at %s, by a stranger or by somebody with a sign-in of their own', async (place) => {
    const { url, csrf, person } = await stand(place);
    for (const begun of [false, true]) {
      const other = meetPerson(program);
      if (begun) await party.begin(other.browser);
      const answers = [await other.browser.request(url)];
      answers.push(await other.browser.request(url.slice(0, url.lastIndexOf('/'))));
      if (place !== 'number-used')
        answers.push(await other.browser.post(url, { csrf, email: person.email, code: '123456', decision: 'allow' }));
      for (const answer of answers) {
        expect(readDeadEnd(answer)).toEqual(deadEnd('This sign-in belongs to another browser'));
        expect(answer.text).not.toContain(person.email);
      }
    }
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
  // The steps are done and their sign-in is over; what is left is another page's, and still there.
  for (const { url, fields } of [email, code, phone]) {
    for (const answer of [await browser.request(url), await browser.post(url, fields)]) {
      expect(readDeadEnd(answer)).toEqual(deadEnd('This sign-in has ended'));
    }
  }
  expect((await browser.open(consent)).url).toMatch(/\/consent$/);
  expect(party.readCallback(await allow(person))).toHaveProperty('code');
  expect(readDeadEnd(await browser.request(consent))).toEqual(deadEnd('This sign-in has ended'));
});

test('from the code page one can go back to the address, change it, and sign in with the new one', async () => {
  const { browser, person, base } = await stand('code');
  expect((await browser.open(`${base}/email`)).url).toMatch(/\/email$/);
  person.email = `other.${person.email}`;
  expect(party.readCallback(await goThrough(program, person, browser.page))).toHaveProperty('code');
});

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

test('the same code from two tabs at once: one goes on, the other says that the sign-in has ended', async () => {
  const { browser, person, url } = await stand('code');
  const fields = { ...browser.findForm('/code').fields, code: await program.codeFor(person.email) };
  const [one, other] = await Promise.all([browser.post(url, fields), browser.post(url, fields)]);
  expect([one.status, other.status]).toEqual([303, 303]);
  const consent = await browser.follow(one);
  expect(consent.url).toMatch(/\/consent$/);
  expect(readDeadEnd(await browser.follow(other))).toEqual(deadEnd('This sign-in has ended'));
  await browser.open(consent.url);
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
