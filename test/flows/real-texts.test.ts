// Codes by a real request to Twilio's API: what leaves, and what the person reads when the vendor refuses, fails or is silent.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { translator } from '../../src/locales/index.ts';
import { createClock } from '../helpers/clock.ts';
import type { Answer, Browser } from '../helpers/browser.ts';
import { decode } from '../helpers/forms.ts';
import { allow, meetPerson, type Person, proveEmail } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { startTwilioApi, type TwilioAnswer, type TwilioApi } from '../helpers/twilio-api.ts';

let twilio: TwilioApi;
let program: Program;
let party: RelyingParty;
const clock = createClock();

beforeAll(async () => {
  twilio = await startTwilioApi();
  const { accountSid, authToken, url } = twilio;
  program = await startProgram({
    delivery: {
      sms: 'twilio',
      twilioAccountSid: accountSid,
      twilioAuthToken: authToken,
      twilioFrom: '+15005550006',
      twilioApiUrl: url,
      timeoutSeconds: 3,
    },
  });
  party = await createRelyingParty(program.issuer);
});
afterAll(async () => {
  clock.restore();
  await program.close();
  await twilio.close();
});

/** Somebody whose email is proven, and who has just asked for a text; the page is what came at once. */
async function askForText(...answers: TwilioAnswer[]): Promise<{ person: Person; page: Answer; verifier: string }> {
  const person = meetPerson(program);
  const { verifier } = await party.begin(person.browser, { scope: 'openid email phone' });
  await proveEmail(program, person);
  twilio.script(...answers);
  return { person, page: await person.browser.submit('/phone', { phone: person.phone ?? '' }), verifier };
}

const requestsTo = ({ phone }: Person) => twilio.requests.filter(({ form }) => form.To === phone);
const readCode = (text: string): string => /^\d{6}/.exec(text)?.[0] ?? '';
const readText = ({ text }: Answer) => decode(text.replace(/<script[\s\S]*?<\/script>|<[^>]+>/g, '')).replace(/\s+/g, ' ');

/** What the code page says of a send that ended so, around the number that it names. */
const wordsOf = (outcome: string) =>
  translator('en')(`pages.sign-in/code.${outcome}`, { destination: '|', digits: 6 })
    .split('|')
    .map((part) => part.trim());

async function reloadUntilTold(browser: Browser): Promise<Answer> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const page = await browser.open(browser.page.url);
    if (!readText(page).includes('We’re sending')) return page;
    if (performance.now() > deadline) throw new Error('the code page told no outcome within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a text leaves as one authenticated request, its last line is bound to our host, and its code signs in', async () => {
  const { person, verifier } = await askForText();
  const { text } = await twilio.next(person.phone ?? '');
  const [request, ...more] = requestsTo(person);
  expect(more).toEqual([]);
  expect(request).toMatchObject({
    method: 'POST',
    path: `/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`,
    user: twilio.accountSid,
    password: twilio.authToken,
    form: { To: person.phone, From: '+15005550006', Body: text },
  });
  const code = readCode(text);
  expect(text.split('\n').at(-1)).toBe(`@localhost #${code}`);
  expect(text).not.toMatch(/https?:|\bwww\./);
  expect(readText(await reloadUntilTold(person.browser))).toContain('We’ve texted a 6-digit code to +44 7400');

  expect((await person.browser.submit('/code', { code })).url).toMatch(/\/consent$/);
  const { code: grant = '' } = party.readCallback(await allow(person));
  const { body: tokens } = await party.redeem(grant, verifier);
  expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ phone_number: person.phone, phone_number_verified: true });
});

const busy: TwilioAnswer = { status: 503 };
const slowDown: TwilioAnswer = { status: 429, headers: { 'retry-after': '1' } };

describe('whatever the vendor answers, the page comes, tells the outcome after a reload, and has a way on', () => {
  test.each<[string, TwilioAnswer[], { outcome: string; requests: number }]>([
    ['a refusal (400) is told as one', ['refuse'], { outcome: 'refused', requests: 1 }],
    ['a 500 leaves it unknown, and is not tried again', [{ status: 500 }], { outcome: 'unknown', requests: 1 }],
    ['a 503 twice has failed', [busy, busy], { outcome: 'failed', requests: 2 }],
    ['a 429 twice has failed', [slowDown, slowDown], { outcome: 'failed', requests: 2 }],
    ['a 503 once is tried again, and only once more', [busy, 'ok'], { outcome: 'sent_phone', requests: 2 }],
    ['silence leaves it unknown, and is not tried again', ['silence'], { outcome: 'unknown', requests: 1 }],
    ['a torn connection leaves it unknown, and is not tried again', ['reset'], { outcome: 'unknown', requests: 1 }],
  ])('%s', async (_, answers, { outcome, requests }) => {
    const { person, page } = await askForText(...answers);
    expect({ status: page.status, at: page.url.split('/').at(-1) }).toEqual({ status: 200, at: 'code' });

    const told = await reloadUntilTold(person.browser);
    for (const words of wordsOf(outcome)) expect(readText(told)).toContain(words);
    expect(told.forms.map(({ action }) => action.split('/').at(-1))).toEqual(
      expect.arrayContaining(['code', 'resend', 'different', 'decline', 'cancel']),
    );
    expect(requestsTo(person)).toHaveLength(requests);

    // The way on: the pause over, a resend is one more request, and its code works.
    clock.advance(31);
    await person.browser.submit('/resend');
    await reloadUntilTold(person.browser);
    expect(requestsTo(person)).toHaveLength(requests + 1);
    const code = readCode(requestsTo(person).at(-1)?.form.Body ?? '');
    expect((await person.browser.submit('/code', { code })).url).toMatch(/\/consent$/);
  });

  test('a vendor that is silent holds up no page: it comes while we are still sending', async () => {
    const { page } = await askForText('silence');
    expect(readText(page)).toContain('We’re sending a 6-digit code');
  });

  test('a person who got no text can go on without a number', async () => {
    const { person } = await askForText('refuse');
    await reloadUntilTold(person.browser);
    expect((await person.browser.submit('/decline', { choice: 'not_now' })).url).toMatch(/\/consent$/);
  });
});
