// What no form of ours would send: every page answers with words and the right status, keeps what was typed, and goes on working.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { badBodies, type Body, unreadableBodies } from '../helpers/bad-bodies.ts';
import type { Answer } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { goThrough } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { listRoutes } from '../helpers/routes.ts';
import { type Place, places, standAt, type Standing } from '../helpers/standing.ts';
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

function send({ browser }: Standing, url: string, { body, type, encoding }: Body): Promise<Answer> {
  const headers = {
    origin: program.issuer,
    ...(type !== undefined && { 'content-type': type }),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  };
  return browser.request(url, { method: 'POST', body, headers });
}

/** The forms that need no field come last: whatever the others are sent, these would leave the page. */
const isBare = (path: string) => /\/(cancel|restart|different|resend)$/.test(path);
const forms = listRoutes()
  .filter(({ method, path }) => method === 'POST' && path.startsWith('/interaction/:uid/'))
  .map(({ path }) => path)
  .toSorted((a, b) => Number(isBare(a)) - Number(isBare(b)));

describe('every form takes every kind of bad body, wherever the person stands', () => {
  test.each(places)('at %s', async (place) => {
    expect(forms.length).toBeGreaterThan(9);
    const standing = await stand(place);
    for (const path of forms) {
      for (const [what, make] of Object.entries(isBare(path) ? unreadableBodies : badBodies)) {
        const answer = await send(standing, path.replace('/interaction/:uid', standing.base), make(standing.csrf));
        expect({ path, what, ...judge(answer) }).toEqual({ path, what, ...sound });
      }
    }
  });

  test('and the good input still goes on afterwards', async () => {
    const standing = await stand('email');
    for (const make of Object.values(badBodies)) await send(standing, standing.url, make(standing.csrf));
    const page = await standing.browser.open(standing.url);
    expect(party.readCallback(await goThrough(program, standing.person, page))).toHaveProperty('code');
  });
});

test.each<[string, number]>([
  ['nothing at all', 403],
  ['a megabyte', 413],
  ['JSON', 403],
  ['what claims to be compressed and is not', 400],
  ['empty fields', 422],
  ['arrays', 422],
  ['invalid UTF-8', 422],
])('%s is a %i at the first page', async (what, status) => {
  const standing = await stand('email');
  const answer = await send(standing, standing.url, badBodies[what]?.(standing.csrf) ?? { body: '' });
  expect(answer.status).toBe(status);
});

describe('what was typed is still in the form, codes excepted', () => {
  test.each<['email' | 'identifier' | 'phone', string, string]>([
    ['email', 'email', 'jane"><b>@nowhere'],
    ['email', 'email', ' jane doe@example.com '],
    ['identifier', 'identifier', '12345 & more'],
    ['phone', 'phone', '+44 20 7946 0000'],
    ['phone', 'phone', '0712'],
  ])('at %s', async (place, name, typed) => {
    const { browser } = await stand(place);
    const page = await browser.submit(`/${place}`, { [name]: typed, country: 'FR', shared: 'yes' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('Error: ');
    const { fields } = browser.findForm(`/${place}`);
    expect(fields[name]).toBe(typed);
    const also = { email: { shared: 'yes' }, identifier: { shared: 'yes', country: 'FR' }, phone: { country: 'FR' } };
    expect(fields).toMatchObject(also[place]);
  });

  test.each([
    ['', 'Enter the code from our message'],
    ['12', 'The code has 6 digits'],
    ['abcdef', 'The code has 6 digits'],
    ['1234567', 'The code has 6 digits'],
  ])('a code of "%s" is said to be one, and is gone from the field', async (code, words) => {
    const { browser } = await stand('code');
    const page = await browser.submit('/code', { code });
    expect({ status: page.status, said: page.text.includes(words) }).toEqual({ status: 422, said: true });
    expect(browser.findForm('/code').fields.code).toBe('');
  });
});
